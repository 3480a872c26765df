import { treeStack } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(treeStack([{ w: [1, 2] }, { w: [3, 4] }]), { w: [1, 2, 3, 4] })
void hasValue
export {}
