import { programOrThrow, real, diff, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => diff()(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 4, 9, 16)]), [[3, 5, 7]])
void hasValue
export {}
