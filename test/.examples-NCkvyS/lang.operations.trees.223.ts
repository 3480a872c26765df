import { treeUnravel, real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(treeUnravel({ w: real(2), b: real(1) })([1, 2, 3]), { w: [1, 2], b: [3] })
void hasValue
export {}
