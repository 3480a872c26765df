import { programOrThrow, real, resize, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1, 2), (x) => resize(4, { method: 'linear' })(x))
hasValue(evaluate(f.closed, [Float64Array.of(0, 4)]), [[0, 1, 3, 4]])
void hasValue
export {}
