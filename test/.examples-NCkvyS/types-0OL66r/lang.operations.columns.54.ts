import { programOrThrow, real, im2col, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1, 2, 3), (x) => im2col({ kernel: [2, 2] })(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6)]), [[1, 2, 2, 3, 4, 5, 5, 6]])
void hasValue
export {}
