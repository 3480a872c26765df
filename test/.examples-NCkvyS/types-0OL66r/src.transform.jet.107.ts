import { programOrThrow, real, sin, evaluate, taylor } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(), (x) => sin(x))
hasValue(evaluate(taylor(3)(f).closed, [Float64Array.of(0), Float64Array.of(1)]).map((y) => y[0]), [0, 1, 0, -1 / 6])
void hasValue
export {}
