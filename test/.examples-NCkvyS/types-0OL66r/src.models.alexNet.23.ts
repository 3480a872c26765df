import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { alexNet } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(alexNet()), 61100840)
void hasValue
export {}
