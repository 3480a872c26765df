import { programOrThrow, real, trapezoid, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3), real(3)], ([y, x]) => trapezoid()(y, x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 3, 5), Float64Array.of(0, 1, 3)]), [[10]])
void hasValue
export {}
