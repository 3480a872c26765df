import { programOrThrow, real, logCumsumExp, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(3), (x) => logCumsumExp(0)(x))
hasValue(evaluate(f.closed, [Float64Array.of(0, 0, Math.log(2))]), [[0, Math.log(2), Math.log(4)]])
void hasValue
export {}
