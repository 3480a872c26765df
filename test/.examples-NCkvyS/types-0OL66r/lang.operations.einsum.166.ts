import { programOrThrow, real, einsum } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(5, 1, 2, 3), real(6, 3, 4)], ([x, y]) => einsum('...ij,...jk')(x, y))
hasValue(f.out.shape, [5, 6, 2, 4])
void hasValue
export {}
