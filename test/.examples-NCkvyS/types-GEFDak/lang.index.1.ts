import { tensor, add } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const x = tensor([2], [1, 2])
add(x, tensor([3], [1, 2, 3]))
noSuchName(x)
void hasValue
export {}
