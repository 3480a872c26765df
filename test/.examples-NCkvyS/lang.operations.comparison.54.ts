import { programOrThrow, real, clamp, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => clamp(0, 1)(x))
hasValue(evaluate(f.closed, [Float64Array.of(-2, 0.5, 7)]), [[0, 0.5, 1]])
void hasValue
export {}
