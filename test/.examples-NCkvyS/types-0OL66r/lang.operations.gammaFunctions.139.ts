import { programOrThrow, real, zeta, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (s) => zeta(s, 1))
hasValue(evaluate(f.closed, [Float64Array.of(2, 4)]), [[1.6449340668482264, 1.0823232337111382]])
void hasValue
export {}
