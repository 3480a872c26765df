import { programOrThrow, real, attention } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(10, 64), (x) => attention({ causal: true })(x, x, x))
hasValue(f.out.shape, [10, 64])
void hasValue
export {}
