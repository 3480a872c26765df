import { programOrThrow, real, sortBy, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3), real(3)], ([key, x]) => sortBy()(key, x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 1, 2), Float64Array.of(7, 8, 9)]), [[1, 2, 3], [8, 9, 7]])
void hasValue
export {}
