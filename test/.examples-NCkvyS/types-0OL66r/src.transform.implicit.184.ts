import { Expr, programOrThrow, real, newton, sub, mul, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const p = programOrThrow({ a: real() }, ({ a }) => newton((y: Real) => sub(mul(y, y), a), { tolerance: 1e-12 })(a))
hasValue(evaluate(p.closed, [Float64Array.of(9)])[0]?.[0], 3)
void hasValue
export {}
