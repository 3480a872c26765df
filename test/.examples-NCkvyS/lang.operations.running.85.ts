import { programOrThrow, real, cumMax, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => cumMax(0)(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 3, 2, 3)]), [[1, 3, 3, 3], [0, 1, 1, 3]])
void hasValue
export {}
