import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { leNet5 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(leNet5()), 61706)
void hasValue
export {}
