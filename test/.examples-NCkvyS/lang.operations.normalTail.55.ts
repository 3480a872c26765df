import { programOrThrow, real, erfcx, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1), (x) => erfcx(x))
hasValue(evaluate(f.closed, [Float64Array.of(100)]), [[0.005641613782989433]])
void hasValue
export {}
