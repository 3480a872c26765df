import { programOrThrow, real, channelShuffle, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(4, 1), (x) => channelShuffle(2)(x))
hasValue(evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]), [[1, 3, 2, 4]])
void hasValue
export {}
