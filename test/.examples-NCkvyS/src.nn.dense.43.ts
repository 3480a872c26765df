import { dense, heNormal } from "/tmp/wt/int/src/nn/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
dense(784, 128)
dense(784, 128, { weights: heNormal, bias: false })
void hasValue
export {}
