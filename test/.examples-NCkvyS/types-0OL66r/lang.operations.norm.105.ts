import { programOrThrow, real, norm, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => norm(0, { p: Infinity })(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, -4)]), [[4]])
void hasValue
export {}
