import { programOrThrow, real, sum, log } from "/tmp/wt/int/src/index.ts"
import { traceNonFiniteOn } from "/tmp/wt/int/src/check/index.ts"
import { wasm } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const loss = programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x)))
const found = await traceNonFiniteOn(wasm())(loss, { x: [1, -1] })()
hasValue(found._tag, 'Right')
void hasValue
export {}
