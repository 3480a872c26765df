import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { mobileNetV2 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(mobileNetV2()), 3504872)
void hasValue
export {}
