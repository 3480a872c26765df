import { real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(real(2, 3).shape, [2, 3])
void hasValue
export {}
