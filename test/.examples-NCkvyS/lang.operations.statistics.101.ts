import { programOrThrow, real, cov, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 3), (x) => cov()(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 2, 4, 6)]), [[1, 2, 2, 4]])
void hasValue
export {}
