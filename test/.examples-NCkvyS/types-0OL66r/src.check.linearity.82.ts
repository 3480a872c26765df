import { programOrThrow, real, sin, jvp } from "/tmp/wt/int/src/index.ts"
import { linearity } from "/tmp/wt/int/src/check/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sin(x))
linearity(jvp(f), { inputs: ['dx'] })
void hasValue
export {}
