import { programOrThrow, real, quantile, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => quantile([0.5, 0.9])(x))
hasValue(evaluate(f.closed, [Float64Array.of(4, 1, 3, 2)]), [[2.5, 3.7]])
void hasValue
export {}
