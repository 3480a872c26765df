import { trainStep } from "/tmp/wt/int/src/train/index.ts"
import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { relu, crossEntropy, real, int } from "/tmp/wt/int/src/index.ts"
import { sgd } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
trainStep(sequential(dense(784, 128), relu, dense(128, 10)), crossEntropy(), sgd({ rate: 0.1 }),
  { x: real(784), y: int(), batch: 64 })
void hasValue
export {}
