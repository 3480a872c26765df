import { Expr, programOrThrow, real, fori, add, toReal, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const f = programOrThrow({ x: real() }, ({ x }) => fori(10, (i, c: Real) => add(c, toReal(i)))(x))
hasValue(evaluate(f.closed, [Float64Array.of(0)])[0]?.[0], 45)
void hasValue
export {}
