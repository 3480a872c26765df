import { programOrThrow, real, mode, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => mode()(x))
hasValue(evaluate(f.closed, [Float64Array.of(2, 1, 2, 1)]), [[1], [3]])
void hasValue
export {}
