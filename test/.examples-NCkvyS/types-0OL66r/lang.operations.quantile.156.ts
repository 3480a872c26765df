import { programOrThrow, real, nanquantile, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => nanquantile(0.5)(x))
hasValue(evaluate(f.closed, [Float64Array.of(4, NaN, 3)]), [[3.5]])
void hasValue
export {}
