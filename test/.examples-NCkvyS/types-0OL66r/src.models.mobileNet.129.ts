import { parameterCount } from "/tmp/wt/int/src/nn/index.ts"
import { efficientNetB0 } from "/tmp/wt/int/src/models/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parameterCount(efficientNetB0()), 5288548)
void hasValue
export {}
