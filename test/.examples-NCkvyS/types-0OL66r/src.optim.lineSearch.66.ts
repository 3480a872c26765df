import { lineSearch } from "/tmp/wt/int/src/optim/index.ts"
import { programOrThrow, real, sum, mul, apply, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const search = lineSearch({ first: 10 })
const f = programOrThrow(real(2), (x) => sum()(mul(x, x)))
const step = programOrThrow({ x: real(2), state: search.types }, ({ x, state }) =>
  search.update((p) => apply(f)(p), x, apply(gradOrThrow(f))(x), state),
)
void hasValue
export {}
