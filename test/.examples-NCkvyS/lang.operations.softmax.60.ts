import { programOrThrow, real, softmax, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => softmax()(x))
hasValue(evaluate(f.closed, [Float64Array.of(0, Math.log(3))]), [[0.25, 0.75]])
void hasValue
export {}
