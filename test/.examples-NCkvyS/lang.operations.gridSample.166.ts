import { programOrThrow, real, gridSample, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(1, 1, 3), real(1, 2, 2)], ([x, grid]) => gridSample({ alignCorners: true })(x, grid))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 4), Float64Array.of(-1, 0, 0.5, 0)]), [[1, 3]])
void hasValue
export {}
