import { programOrThrow, real, sub, add, mul } from "/tmp/wt/int/src/index.ts"
import { levenbergMarquardt } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const line = programOrThrow([{ a: real(), b: real() }, { x: real(3), y: real(3) }], ([{ a, b }, { x, y }]) =>
  sub(add(mul(a, x), b), y),
)
const o = levenbergMarquardt()
const step = programOrThrow([...line.in, o.types] as const, ([p, d, s]) => o.update(line, p, d, s))
void hasValue
export {}
