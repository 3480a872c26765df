import { programOrThrow, real, padWith, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => padWith([[1, 2]], { mode: 'reflect' })(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3)]), [[2, 1, 2, 3, 2, 1]])
void hasValue
export {}
