import { Expr, programOrThrow, real, cond, lt, neg, sqrt, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const f = programOrThrow({ x: real() }, ({ x }) => cond(lt(x, 0), (v: Real) => neg(v), (v: Real) => sqrt(v))(x))
hasValue(evaluate(f.closed, [Float64Array.of(9)])[0]?.[0], 3)
void hasValue
export {}
