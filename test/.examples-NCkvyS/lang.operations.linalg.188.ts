import { programOrThrow, real, solve, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2, 2), real(2)], ([a, b]) => solve(a, b))
hasValue(evaluate(f.closed, [Float64Array.of(2, 0, 1, 4), Float64Array.of(6, 7)]), [[3, 1]])
void hasValue
export {}
