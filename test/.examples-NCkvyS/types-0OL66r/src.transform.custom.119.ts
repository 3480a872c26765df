import { customVjp, Expr, clamp } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const clipped = customVjp((x: Expr<readonly [3], 'real'>) => x, (_, ct) => clamp(-1, 1)(ct), { linear: false })
void hasValue
export {}
