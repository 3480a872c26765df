import { programOrThrow, real, cosineSimilarity, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2), real(2)], ([x, y]) => cosineSimilarity()(x, y))
hasValue(evaluate(f.closed, [Float64Array.of(3, 4), Float64Array.of(4, 3)]), [[0.96]])
void hasValue
export {}
