import { treeReduce } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(treeReduce((n: number, x: number) => n + x, 0)({ a: 1, b: [{ c: 2 }, null], d: 3 }), 6)
void hasValue
export {}
