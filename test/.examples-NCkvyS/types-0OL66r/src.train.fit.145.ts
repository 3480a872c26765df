import { fitOrThrow } from "/tmp/wt/int/src/train/index.ts"
import { reference } from "/tmp/wt/int/backends/index.ts"
import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { mseLoss, real } from "/tmp/wt/int/src/index.ts"
import { adam } from "/tmp/wt/int/src/optim/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const examples = { x: Float32Array.of(0, 1, 2, 3), y: Float32Array.of(1, 3, 5, 7), count: 4 }
const { state } = await fitOrThrow({
  backend: reference,
  network: sequential(dense(1, 1)),
  loss: mseLoss(),
  optimizer: adam({ rate: 0.3 }),
  key: randomKey(1),
  epochs: 100,
  shapes: { x: real(1), y: real(1), batch: 4 },
  examples,
})()
hasValue(Math.round(state.params[0].w[0] ?? 0), 2)
void hasValue
export {}
