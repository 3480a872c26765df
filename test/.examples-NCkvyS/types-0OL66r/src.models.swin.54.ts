import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { swinT } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(swinT()), 28288354)
void hasValue
export {}
