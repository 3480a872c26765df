import { programOrThrow, real, unique, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => unique(3)(x).values)
hasValue(evaluate(f.closed, [Float64Array.of(5, 2, 5, 2)]), [[2, 5, 2]])
void hasValue
export {}
