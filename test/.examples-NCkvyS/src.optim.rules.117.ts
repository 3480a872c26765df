import { sgd } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
sgd({ rate: 0.1, momentum: 0.9, nesterov: true })
void hasValue
export {}
