import { programOrThrow, real, argwhere, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (x) => argwhere(3)(x))
hasValue(evaluate(f.closed, [Float64Array.of(0, 5, 6, 0)]), [[0, 1, 1, 0, 0, 0]])
void hasValue
export {}
