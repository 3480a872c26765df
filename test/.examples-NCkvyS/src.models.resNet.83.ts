import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { resNet18 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(resNet18()), 11689512)
void hasValue
export {}
