import { programOrThrow, real, mean, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (x) => mean(0)(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]), [[2, 3]])
void hasValue
export {}
