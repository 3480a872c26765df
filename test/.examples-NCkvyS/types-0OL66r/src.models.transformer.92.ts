import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { vitB16 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(vitB16()), 86567656)
void hasValue
export {}
