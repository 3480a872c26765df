import { programOrThrow, real, gradient, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (y) => gradient()(y))
hasValue(evaluate(f.closed, [Float64Array.of(0, 1, 4, 9)]), [[1, 2, 4, 5]])
void hasValue
export {}
