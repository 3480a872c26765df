import { programOrThrow, real, det, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (a) => det(a))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]), [[-2]])
void hasValue
export {}
