import { programOrThrow, real, histogram, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => histogram(2, { range: [0, 4] })(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 4, 5)]), [[1, 2], [0, 2, 4]])
void hasValue
export {}
