import { programOrThrow, real, cdist, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(1, 2), real(2, 2)], ([x, y]) => cdist()(x, y))
hasValue(evaluate(f.closed, [Float64Array.of(0, 0), Float64Array.of(3, 4, 0, 1)]), [[5, 1]])
void hasValue
export {}
