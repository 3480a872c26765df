import { sgd, warmUp, cosine } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
sgd({ rate: warmUp(100)(cosine(0.1, 1000)) })
void hasValue
export {}
