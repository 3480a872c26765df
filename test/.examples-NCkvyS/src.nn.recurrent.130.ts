import { sequential, rnn, last, dense } from "/tmp/wt/int/src/nn/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
sequential(rnn(27, 64), last, dense(64, 27))
void hasValue
export {}
