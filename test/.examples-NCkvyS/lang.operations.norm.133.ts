import { programOrThrow, real, normalize, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => normalize()(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 4)]), [[0.6, 0.8]])
void hasValue
export {}
