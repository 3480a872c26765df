import { residual, sequential, layerNorm, multiHeadAttention } from "/tmp/wt/int/src/nn/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
residual(sequential(layerNorm([64]), multiHeadAttention(64, 4, { causal: true })))
void hasValue
export {}
