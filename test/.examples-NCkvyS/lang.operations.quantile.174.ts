import { programOrThrow, real, median, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 3), (x) => median(1)(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 1, 2, 9, 7, 8)]), [[2, 8]])
void hasValue
export {}
