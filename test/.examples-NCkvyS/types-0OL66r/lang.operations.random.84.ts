import { splitKey, randomKey, programOrThrow, normal, take } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const keys = splitKey(2)(randomKey(0))
const f = programOrThrow([], () => [normal([3])(take(0, 0)(keys)), normal([3])(take(0, 1)(keys))])
hasValue(f.out.length, 2)
void hasValue
export {}
