import { programOrThrow, real, int, embeddingBag, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3, 1), int(2, 2)], ([w, i]) => embeddingBag({ mode: 'mean' })(w, i))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 4), Float64Array.of(0, 1, 2, 2)]), [[1.5, 4]])
void hasValue
export {}
