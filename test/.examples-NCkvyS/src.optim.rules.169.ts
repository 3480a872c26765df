import { adam } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
adam({ rate: 1e-3 })
void hasValue
export {}
