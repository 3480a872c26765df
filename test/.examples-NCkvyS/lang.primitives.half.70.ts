import { programOrThrow, real, float16, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4), (x) => float16(x))
hasValue(evaluate(f.closed, [Float64Array.of(0.1, 2049, 65520, 1e-8)]), [[0.0999755859375, 2048, Infinity, 0]])
void hasValue
export {}
