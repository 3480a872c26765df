import { residual, sequential, layerNorm, windowAttention } from "/tmp/wt/int/src/nn/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
residual(sequential(layerNorm([96]), windowAttention(96, 3, 7, { shift: 3 })))
void hasValue
export {}
