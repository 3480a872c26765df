import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { residualMlp } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(residualMlp()), 4160650)
void hasValue
export {}
