import { programOrThrow, real, convolve, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3), real(2)], ([x, w]) => convolve()(x, w))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3), Float64Array.of(1, 1)]), [[1, 3, 5, 3]])
void hasValue
export {}
