import { programOrThrow, real, sort, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => sort()(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 1, 2)]), [[1, 2, 3], [1, 2, 0]])
void hasValue
export {}
