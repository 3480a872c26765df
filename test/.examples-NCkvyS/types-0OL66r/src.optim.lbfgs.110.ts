import { programOrThrow, real, sum, mul, apply, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { lbfgs } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => sum()(mul(x, x)))
const o = lbfgs()
const step = programOrThrow([f.in, o.types(f.in)] as const, ([x, state]) =>
  o.update((p) => apply(f)(p), x, apply(gradOrThrow(f))(x), state),
)
void hasValue
export {}
