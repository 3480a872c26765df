import { programOrThrow, real, igamma, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1), (x) => igamma(1, x))
hasValue(evaluate(f.closed, [Float64Array.of(2)]), [[0.8646647167633873]])
void hasValue
export {}
