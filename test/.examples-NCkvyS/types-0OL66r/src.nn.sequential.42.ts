import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { relu } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
sequential(dense(784, 128), relu, dense(128, 10))
void hasValue
export {}
