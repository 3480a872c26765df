import { customJvp, Expr, log1p, exp, mul, logistic } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
customJvp((x: Expr<readonly [3], 'real'>) => log1p(exp(x)), (x, dx) => mul(dx, logistic(x)))
void hasValue
export {}
