import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { uNet } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(uNet()), 31031810)
void hasValue
export {}
