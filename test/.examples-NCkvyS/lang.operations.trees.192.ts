import { treeRavel } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(treeRavel({ w: [1, 2], b: 3 }), [1, 2, 3])
void hasValue
export {}
