import { programOrThrow, real, maxPoolWithIndices, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1, 2, 4), (x) => maxPoolWithIndices({ kernel: 2 })(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]), [[6, 8], [5, 7]])
void hasValue
export {}
