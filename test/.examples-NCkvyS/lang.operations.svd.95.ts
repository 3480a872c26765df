import { programOrThrow, real, svd, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 1), (a) => svd(a).s)
hasValue(evaluate(f.closed, [Float64Array.of(3, 4)]), [[5]])
void hasValue
export {}
