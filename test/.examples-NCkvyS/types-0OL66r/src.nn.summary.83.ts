import { summary, sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { relu, real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
summary(sequential(dense(784, 128), relu, dense(128, 10)), real(784))
void hasValue
export {}
