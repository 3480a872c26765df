import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { vgg16 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(vgg16()), 138357544)
void hasValue
export {}
