import { programOrThrow, real, sum, mul, tensor, clipGradient, evaluate, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => sum()(mul(tensor([2], [5, 0.25]), clipGradient(1)(x))))
hasValue(evaluate(gradOrThrow(f).closed, [Float64Array.of(7, 7)]), [[1, 0.25]])
void hasValue
export {}
