import { programOrThrow, real, sliceAlong, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => sliceAlong(0, 1, -1)(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]), [[2, 3]])
void hasValue
export {}
