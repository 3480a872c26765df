import { programOrThrow, real, conv } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow([real(3, 8, 8), real(16, 3, 5, 5)], ([x, w]) => conv({ stride: 2, pad: 2 })(x, w))
hasValue(f.out.shape, [16, 4, 4])
void hasValue
export {}
