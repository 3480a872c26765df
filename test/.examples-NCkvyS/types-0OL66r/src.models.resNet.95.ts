import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { resNet50 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(resNet50()), 25557032)
void hasValue
export {}
