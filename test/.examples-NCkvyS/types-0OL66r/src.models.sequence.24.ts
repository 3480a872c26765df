import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { lstmClassifier } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(lstmClassifier()), 397834)
void hasValue
export {}
