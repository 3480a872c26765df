import { programOrThrow, real, maxPool, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1, 2, 4), (x) => maxPool({ kernel: 2 })(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]), [[6, 8]])
void hasValue
export {}
