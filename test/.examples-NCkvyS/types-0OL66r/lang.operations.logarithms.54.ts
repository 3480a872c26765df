import { programOrThrow, real, logaddexp, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(), real()], ([x, y]) => logaddexp(x, y))
hasValue(evaluate(f.closed, [Float64Array.of(1000), Float64Array.of(1000)]), [[1000.6931471805599]])
void hasValue
export {}
