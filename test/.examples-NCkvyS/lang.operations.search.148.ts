import { programOrThrow, real, interp, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2), real(3), real(3)], ([x, xp, fp]) => interp()(x, xp, fp))
hasValue(evaluate(f.closed, [Float64Array.of(1.5, 9), Float64Array.of(0, 1, 2), Float64Array.of(5, 6, 8)]), [[7, 8]])
void hasValue
export {}
