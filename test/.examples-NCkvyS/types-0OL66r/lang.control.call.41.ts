import { checkpoint, Expr, tanh, mul, gradOrThrow, programOrThrow, real, sum, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const layer = checkpoint((x: Expr<readonly [4], 'real'>) => tanh(mul(2, x)))
const slope = gradOrThrow(programOrThrow(real(4), (x) => sum()(layer(layer(x)))))
hasValue(evaluate(slope.closed, [Float64Array.of(0, 0, 0, 0)])[0]?.[0], 4)
void hasValue
export {}
