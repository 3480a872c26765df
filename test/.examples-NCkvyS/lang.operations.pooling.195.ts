import { programOrThrow, real, lpPool, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(1, 4), (x) => lpPool({ p: 2, kernel: 2 })(x))
hasValue(evaluate(f.closed, [Float64Array.of(3, 4, 0, 0)]), [[5, 0]])
void hasValue
export {}
