import { programOrThrow, real, sum, safeSelect, log, gt, evaluate, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => sum()(safeSelect(log, 1, 0)(gt(x, 0), x)))
hasValue(evaluate(gradOrThrow(f).closed, [Float64Array.of(0, 4)]), [[0, 0.25]])
void hasValue
export {}
