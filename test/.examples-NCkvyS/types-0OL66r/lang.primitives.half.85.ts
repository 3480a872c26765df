import { programOrThrow, real, bfloat16, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => bfloat16(x))
hasValue(evaluate(f.closed, [Float64Array.of(0.1, 257, 3.4e38)]), [[0.10009765625, 256, Infinity]])
void hasValue
export {}
