import { Expr, declareJvp, mul, gradOrThrow, programOrThrow, real, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const square = declareJvp((x: Real) => mul(x, x), (x, dx) => mul(mul(2, x), dx))
const slope = gradOrThrow(programOrThrow({ x: real() }, ({ x }) => square(x)))
hasValue(evaluate(slope.closed, [Float64Array.of(3)])[0]?.[0], 6)
void hasValue
export {}
