import { programOrThrow, real, matmul, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2, 2), real(2)], ([w, x]) => matmul(w, x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 1)]), [[3, 7]])
void hasValue
export {}
