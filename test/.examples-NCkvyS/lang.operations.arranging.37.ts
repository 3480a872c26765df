import { unsqueeze, tensor } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(unsqueeze(-1)(tensor([2], [1, 2])).type.shape, [2, 1])
void hasValue
export {}
