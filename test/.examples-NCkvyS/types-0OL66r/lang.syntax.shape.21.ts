import { real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(real(2, 3), { dtype: 'real', shape: [2, 3] })
void hasValue
export {}
