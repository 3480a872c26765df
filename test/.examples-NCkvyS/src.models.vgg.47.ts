import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { vgg11 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(vgg11()), 132863336)
void hasValue
export {}
