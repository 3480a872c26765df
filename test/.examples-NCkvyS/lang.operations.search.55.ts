import { programOrThrow, real, searchsorted, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3), real(2)], ([a, v]) => searchsorted({ side: 'right' })(a, v))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3), Float64Array.of(2, 0)]), [[2, 0]])
void hasValue
export {}
