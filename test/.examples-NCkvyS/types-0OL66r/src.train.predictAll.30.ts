import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { predictAll } from "/tmp/wt/int/src/train/index.ts"
import { reference } from "/tmp/wt/int/backends/index.ts"
import { real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = sequential(dense(2, 2, { bias: false }))
const predict = predictAll(reference)(network, { x: real(2), batch: 2 })
const trained = { params: [{ w: [1, 0, 0, 2] }], state: [null] } as const
const found = await predict(trained, { x: Float32Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1), count: 2 })()
hasValue(found._tag, 'Right')
void hasValue
export {}
