import { programOrThrow, real, mseLoss, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2), real(2)], ([p, t]) => mseLoss({ reduction: 'sum' })(p, t))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(0, 4)]), [[5]])
void hasValue
export {}
