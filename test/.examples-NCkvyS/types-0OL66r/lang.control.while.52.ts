import { Expr, programOrThrow, real, whileLoop, lt, mul, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const f = programOrThrow({ x: real() }, ({ x }) => whileLoop((c: Real) => lt(c, 100), (c: Real) => mul(c, 2))(x))
hasValue(evaluate(f.closed, [Float64Array.of(3)])[0]?.[0], 192)
void hasValue
export {}
