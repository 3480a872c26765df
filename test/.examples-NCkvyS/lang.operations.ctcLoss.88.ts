import { programOrThrow, real, int, ctcLoss, logSoftmax, intTensor, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2, 2), int(1)], ([x, t]) =>
  ctcLoss({ reduction: 'sum' })(logSoftmax(-1)(x), t, intTensor([], [2]), intTensor([], [1])))
hasValue(evaluate(f.closed, [Float64Array.of(0, 0, 0, 0), Float64Array.of(1)]), [[0.287682]])
void hasValue
export {}
