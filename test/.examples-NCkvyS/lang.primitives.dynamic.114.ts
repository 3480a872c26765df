import { programOrThrow, real, int, dynamicSlice, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(5), int(1)], ([x, i]) => dynamicSlice([2])(x, i))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(3)]), [[4, 5]])
void hasValue
export {}
