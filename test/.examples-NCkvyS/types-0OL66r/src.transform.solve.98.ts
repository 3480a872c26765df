import { Expr, programOrThrow, real, customLinearSolve, mul, div, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Vector = Expr<readonly [2], 'real'>
const f = programOrThrow({ a: real(2), b: real(2) }, ({ a, b }) =>
  customLinearSolve((x: Vector) => mul(a, x), () => (y) => div(y, a))(b))
hasValue(evaluate(f.closed, [Float64Array.of(2, 4), Float64Array.of(1, 1)])[0], new Float64Array([0.5, 0.25]))
void hasValue
export {}
