import { programOrThrow, int, oneHot, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(int(2), (i) => oneHot(3)(i))
hasValue(evaluate(f.closed, [Float64Array.of(2, 0)]), [[0, 0, 1, 1, 0, 0]])
void hasValue
export {}
