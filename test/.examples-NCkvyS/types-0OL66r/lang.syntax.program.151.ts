import { program, real, sum, mul, sin } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = program({ x: real(3), y: real(3) }, ({ x, y }) => sum()(mul(sin(x), y)))
hasValue(f._tag, 'Right')
void hasValue
export {}
