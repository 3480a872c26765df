import { programOrThrow, real, sum, sin } from "/tmp/wt/int/src/index.ts"
import { checkTransformations } from "/tmp/wt/int/src/check/index.ts"
import { wasm } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
const rows = await checkTransformations(f, { backends: [wasm()] })()
hasValue(rows.every((row) => row.passed), true)
void hasValue
export {}
