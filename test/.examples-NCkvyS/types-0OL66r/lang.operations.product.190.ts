import { programOrThrow, real, cross, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3), real(3)], ([x, y]) => cross()(x, y))
hasValue(evaluate(f.closed, [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)]), [[0, 0, 1]])
void hasValue
export {}
