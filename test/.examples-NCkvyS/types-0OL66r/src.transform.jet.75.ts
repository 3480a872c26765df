import { programOrThrow, real, exp, evaluate, jet } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(), (x) => exp(x))
hasValue(evaluate(jet(3)(f).closed, [0, 1, 0, 0].map((c) => Float64Array.of(c))).map((y) => y[0]), [1, 1, 0.5, 1 / 6])
void hasValue
export {}
