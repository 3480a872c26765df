import { programOrThrow, real, int, crossEntropy, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(1, 2), int(1)], ([x, t]) => crossEntropy()(x, t))
hasValue(evaluate(f.closed, [Float64Array.of(0, 0), Float64Array.of(1)]), [[Math.LN2]])
void hasValue
export {}
