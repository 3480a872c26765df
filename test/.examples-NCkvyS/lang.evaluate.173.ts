import { programOrThrow, real, mul, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(2), y: real(2) }, ({ x, y }) => mul(x, y))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]), [[3, 8]])
void hasValue
export {}
