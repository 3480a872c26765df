import { programOrThrow, real, tensordot } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(2, 3, 4), real(4, 3)], ([x, y]) => tensordot([[1, 2], [1, 0]])(x, y))
hasValue(f.out.shape, [2])
void hasValue
export {}
