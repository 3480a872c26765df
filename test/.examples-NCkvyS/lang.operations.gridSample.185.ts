import { programOrThrow, real, affineGrid, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 3), (theta) => affineGrid([1, 2], { alignCorners: true })(theta))
hasValue(evaluate(f.closed, [Float64Array.of(1, 0, 0, 0, 1, 0)]), [[-1, 0, 1, 0]])
void hasValue
export {}
