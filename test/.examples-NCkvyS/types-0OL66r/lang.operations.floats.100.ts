import { programOrThrow, real, mod, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => mod(x, 3))
hasValue(evaluate(f.closed, [Float64Array.of(-7, 7)]), [[2, 1]])
void hasValue
export {}
