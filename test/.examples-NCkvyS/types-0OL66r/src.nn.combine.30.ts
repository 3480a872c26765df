import { combine, dense, sequential, parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { sigmoid, mul } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const gated = combine()('gated', { value: dense(8, 8), gate: sequential(dense(8, 8), sigmoid) }, (f, a) =>
  mul(f.value(a), f.gate(a)),
)
hasValue(parameterCount(gated), 144)
void hasValue
export {}
