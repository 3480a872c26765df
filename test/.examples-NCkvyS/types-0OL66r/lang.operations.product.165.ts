import { programOrThrow, real, kron, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2), real(2)], ([x, y]) => kron(x, y))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]), [[3, 4, 6, 8]])
void hasValue
export {}
