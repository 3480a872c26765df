import { programOrThrow, real, kthvalue, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => kthvalue(2)(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 1, 2)]), [[2], [2]])
void hasValue
export {}
