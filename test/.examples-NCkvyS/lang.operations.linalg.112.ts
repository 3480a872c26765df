import { programOrThrow, real, cholesky, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (s) => cholesky(s))
hasValue(evaluate(f.closed, [Float64Array.of(4, 2, 2, 10)]), [[2, 0, 1, 3]])
void hasValue
export {}
