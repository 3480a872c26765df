import { programOrThrow, real, vander, evaluate } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(2), (x) => vander({ n: 3 })(x))
hasValue(evaluate(f.closed, [Float64Array.of(2, 3)]), [[4, 2, 1, 9, 3, 1]])
void hasValue
export {}
