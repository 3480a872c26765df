import { treeMap, sub, mul, programOrThrow, real, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const sgd = treeMap((p, g) => sub(p, mul(0.1, g)))
const f = programOrThrow([{ w: real(2), b: real() }, { w: real(2), b: real() }], ([p, g]) => sgd(p, g))
hasValue(evaluate(f.closed, [[1, 2], [3], [10, 0], [5]].map((x) => Float64Array.from(x))), [[0, 2], [2.5]])
void hasValue
export {}
