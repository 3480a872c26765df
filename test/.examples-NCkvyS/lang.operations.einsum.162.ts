import { programOrThrow, real, einsum } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(5, 2, 3), real(5, 3, 4)], ([x, y]) => einsum('bij,bjk->bik')(x, y))
hasValue(f.out.shape, [5, 2, 4])
void hasValue
export {}
