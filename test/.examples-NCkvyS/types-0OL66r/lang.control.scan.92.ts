import { Expr, scan, add, programOrThrow, real, constant, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
type Real = Expr<readonly [], 'real'>
const sums = scan((carry: Real, x: Real) => [add(carry, x), carry])   // the sum, and the sums before each row
const f = programOrThrow({ xs: real(4) }, ({ xs }) => sums(constant([], 0), xs))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]).map((x) => [...x]), [[10], [0, 1, 3, 6]])
void hasValue
export {}
