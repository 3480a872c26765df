import { programOrThrow, real, int, segmentSum, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3), int(3)], ([x, g]) => segmentSum(2)(x, g))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 4), Float64Array.of(1, 0, 1)]), [[2, 5]])
void hasValue
export {}
