import { programOrThrow, real, relu, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => relu(x))
hasValue(evaluate(f.closed, [Float64Array.of(-1, 0, 2)]), [[0, 0, 2]])
void hasValue
export {}
