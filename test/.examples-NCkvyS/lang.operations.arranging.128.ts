import { tensor, stack } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const x = tensor([3], [1, 2, 3])
hasValue(stack(0)([x, x]).type.shape, [2, 3])
void hasValue
export {}
