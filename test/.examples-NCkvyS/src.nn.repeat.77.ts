import { sequential, dense, repeat, residual } from "/tmp/wt/int/src/nn/index.ts"
import { relu } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
sequential(dense(784, 64), repeat(3, residual(sequential(dense(64, 64), relu))), dense(64, 10))
void hasValue
export {}
