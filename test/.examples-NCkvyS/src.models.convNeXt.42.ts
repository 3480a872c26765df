import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { convNeXtTiny } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(convNeXtTiny()), 28589128)
void hasValue
export {}
