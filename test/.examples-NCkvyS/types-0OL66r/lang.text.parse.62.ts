import { parseOrThrow, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = parseOrThrow('x^2 + y')
hasValue(evaluate(f.closed, [Float64Array.of(3), Float64Array.of(1)]), [[10]])
void hasValue
export {}
