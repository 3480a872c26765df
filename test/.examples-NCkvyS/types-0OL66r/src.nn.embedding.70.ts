import { tied, sequential, positions, multiHeadAttention } from "/tmp/wt/int/src/nn/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
tied(27, 16, sequential(positions(64, 16, { shorter: true }), multiHeadAttention(16, 2, { causal: true })))
void hasValue
export {}
