import { cast, tensor } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(cast('bfloat16')(tensor([2], [0.1, 257])).type.shape, [2])
void hasValue
export {}
