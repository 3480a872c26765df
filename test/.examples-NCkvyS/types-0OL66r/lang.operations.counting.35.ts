import { programOrThrow, int, bincount, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(int(4), (i) => bincount(3)(i))
hasValue(evaluate(f.closed, [Float64Array.of(2, 0, 2, 7)]), [[1, 0, 2]])
void hasValue
export {}
