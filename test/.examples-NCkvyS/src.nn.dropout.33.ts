import { residual, sequential, dense, stochasticDepth } from "/tmp/wt/int/src/nn/index.ts"
import { relu } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
residual(sequential(dense(64, 64), relu, stochasticDepth(0.2)))
void hasValue
export {}
