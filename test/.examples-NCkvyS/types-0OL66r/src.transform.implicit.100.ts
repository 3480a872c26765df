import { Expr, fori, sub, div, programOrThrow, real, customRoot, mul, evaluate, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const halves = (f: (y: Real) => Real) => fori(60, (_, v: Real) => sub(v, div(f(v), 4)))
const root = programOrThrow({ a: real() }, ({ a }) => customRoot((y: Real) => sub(mul(y, y), a), halves)(a))
hasValue(evaluate(gradOrThrow(root).closed, [Float64Array.of(4)])[0]?.[0], 0.25)
void hasValue
export {}
