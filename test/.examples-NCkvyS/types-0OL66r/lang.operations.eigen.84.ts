import { programOrThrow, real, eigh, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (a) => eigh(a).values)
hasValue(evaluate(f.closed, [Float64Array.of(3, 0, 0, 1)]), [[1, 3]])
void hasValue
export {}
