import { programOrThrow, real, glu, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => glu()(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 0)]), [[1.5]])
void hasValue
export {}
