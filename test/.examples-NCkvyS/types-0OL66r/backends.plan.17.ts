import { programOrThrow, real, sum, exp } from "/tmp/wt/int/src/index.ts"
import { plan, gpujs } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(1000) }, ({ x }) => sum()(exp(x)))
const text = await plan(f, gpujs({ mode: 'webgpu' }))()
hasValue(text._tag, 'Right')
void hasValue
export {}
