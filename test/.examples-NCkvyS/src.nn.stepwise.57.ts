import { sequential, embedding, lstm, dense, forwardOrThrow, stepwise } from "/tmp/wt/int/src/nn/index.ts"
import { int } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = sequential(embedding(27, 16), lstm(16, 32), dense(32, 27))
const next = forwardOrThrow('eval')(stepwise(100)(network), int())
void hasValue
export {}
