import { programOrThrow, real, sum, mul, tensor, clipGradientNorm, evaluate, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => sum()(mul(tensor([2], [3, 4]), clipGradientNorm(1)(x))))
hasValue(evaluate(gradOrThrow(f).closed, [Float64Array.of(7, 7)]), [[0.6, 0.8]])
void hasValue
export {}
