import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { gpt2 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(gpt2()), 124439808)
void hasValue
export {}
