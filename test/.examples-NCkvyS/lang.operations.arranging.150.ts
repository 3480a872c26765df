import { unstack, tensor } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(unstack(0)(tensor([2, 2], [[1, 2], [3, 4]])).map((x) => x.type.shape), [[2], [2]])
void hasValue
export {}
