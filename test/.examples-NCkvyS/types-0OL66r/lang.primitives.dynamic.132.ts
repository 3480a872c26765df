import { programOrThrow, real, int, dynamicUpdateSlice, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(4), real(1), int(1)], ([x, box, i]) => dynamicUpdateSlice(x, box, i))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4), Float64Array.of(9), Float64Array.of(2)]), [[1, 2, 9, 4]])
void hasValue
export {}
