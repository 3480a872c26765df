import { programOrThrow, real, polygamma, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1), (x) => polygamma(1)(x))
hasValue(evaluate(f.closed, [Float64Array.of(1)]), [[1.6449340668482264]])
void hasValue
export {}
