import { call, Expr, add, print, programOrThrow, real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const twice = call((x: Expr<readonly [], 'real'>) => add(x, x))
hasValue(print(programOrThrow(real(), (x) => twice(twice(x)))).match(/call/g)?.length, 2)
void hasValue
export {}
