import { gated, dense, sequential } from "/tmp/wt/int/src/nn/index.ts"
import { sigmoid } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
gated(dense(64, 64), sequential(dense(64, 64), sigmoid))
void hasValue
export {}
