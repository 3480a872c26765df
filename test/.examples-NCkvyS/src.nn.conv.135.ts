import { conv2d } from "/tmp/wt/int/src/nn/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
conv2d(1, 32, 5)
conv2d(32, 64, [3, 1], { stride: 2, pad: 1, bias: false })
void hasValue
export {}
