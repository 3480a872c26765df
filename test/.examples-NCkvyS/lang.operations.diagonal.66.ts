import { programOrThrow, real, diagonal, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (x) => diagonal(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]), [[1, 4]])
void hasValue
export {}
