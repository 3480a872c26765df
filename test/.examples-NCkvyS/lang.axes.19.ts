import { programOrThrow, real, psum, freeAxes } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow(real(), (x) => psum('batch')(x))
hasValue(freeAxes(f.closed), ['batch'])
void hasValue
export {}
