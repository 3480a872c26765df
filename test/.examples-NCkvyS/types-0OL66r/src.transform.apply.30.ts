import { Expr, gradOrThrow, programOrThrow, real, mul, fori, sub, apply, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const gradient = gradOrThrow(programOrThrow(real(), (w) => mul(w, w)))
const descent = programOrThrow(real(), (w) => fori(1000, (_, v: Real) => sub(v, mul(0.001, apply(gradient)(v))))(w))
hasValue(evaluate(descent.closed, [Float64Array.of(1)]), [[0.998 ** 1000]])
void hasValue
export {}
