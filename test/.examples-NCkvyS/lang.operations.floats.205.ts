import { programOrThrow, real, sinc, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => sinc(x))
hasValue(evaluate(f.closed, [Float64Array.of(0, 0.5, 1)]), [[1, 0.6366197723675814, 0]])
void hasValue
export {}
