import { programOrThrow, real, sub, keepAxes, reduceMax, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2, 2), (x) => sub(x, keepAxes(reduceMax)(-1)(x)))
hasValue(evaluate(f.closed, [Float64Array.of(1, 3, 5, 4)]), [[-2, 0, 0, -1]])
void hasValue
export {}
