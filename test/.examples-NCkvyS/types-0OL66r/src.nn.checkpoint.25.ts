import { repeat, checkpoint, residual, sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { relu } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
repeat(3, checkpoint(residual(sequential(dense(64, 64), relu))))
void hasValue
export {}
