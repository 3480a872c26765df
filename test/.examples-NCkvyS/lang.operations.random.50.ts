import { programOrThrow, uniform, randomKey } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([], () => uniform([2, 3])(randomKey(7)))
hasValue(f.out.shape, [2, 3])
void hasValue
export {}
