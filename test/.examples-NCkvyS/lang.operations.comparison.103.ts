import { programOrThrow, real, pow, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(), (x) => pow(x, 3))
hasValue(evaluate(f.closed, [Float64Array.of(-2)]), [[-8]])
void hasValue
export {}
