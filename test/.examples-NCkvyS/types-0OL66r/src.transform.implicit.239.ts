import { programOrThrow, real, bisect, sub, mul, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const p = programOrThrow({ a: real() }, ({ a }) => bisect((y) => sub(mul(y, y), a))(0, 8))
hasValue(evaluate(p.closed, [Float64Array.of(9)])[0]?.[0], 3)
void hasValue
export {}
