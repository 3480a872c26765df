import { programOrThrow, real, sum, mul, tensor, castGradient, evaluate, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => sum()(mul(tensor([2], [0.1, 1e-9]), castGradient('float16')(x))))
hasValue(evaluate(gradOrThrow(f).closed, [Float64Array.of(7, 7)]), [[0.0999755859375, 0]])
void hasValue
export {}
