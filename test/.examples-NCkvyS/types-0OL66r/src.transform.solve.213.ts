import { Expr, programOrThrow, real, cg, mul, tensor, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Vector = Expr<readonly [2], 'real'>
const f = programOrThrow({ b: real(2) }, ({ b }) => cg((x: Vector) => mul(tensor([2, 4], [2]), x))(b))
hasValue(evaluate(f.closed, [Float64Array.of(1, 1)])[0], new Float64Array([0.5, 0.25]))
void hasValue
export {}
