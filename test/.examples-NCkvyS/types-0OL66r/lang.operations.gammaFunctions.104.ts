import { programOrThrow, real, lgamma, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => lgamma(x))
hasValue(evaluate(f.closed, [Float64Array.of(5, 1)]), [[3.1780538303479458, 0]])
void hasValue
export {}
