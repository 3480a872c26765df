import { traceNonFinite } from "/tmp/wt/int/src/check/index.ts"
import { programOrThrow, real, sum, log } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
traceNonFinite(programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x))), { x: [1, -1] })
void hasValue
export {}
