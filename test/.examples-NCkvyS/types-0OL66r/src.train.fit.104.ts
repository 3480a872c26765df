import { fit, accuracy } from "/tmp/wt/int/src/train/index.ts"
import { reference } from "/tmp/wt/int/backends/index.ts"
import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { relu, crossEntropy, real, int } from "/tmp/wt/int/src/index.ts"
import { adam } from "/tmp/wt/int/src/optim/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const examples = { x: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), y: Int32Array.of(0, 1, 1, 0), count: 4 }
const fitted = await fit({
  backend: reference,
  network: sequential(dense(2, 8), relu, dense(8, 2)),
  loss: crossEntropy(),
  optimizer: adam({ rate: 0.01 }),
  key: randomKey(1),
  epochs: 5,
  shapes: { x: real(2), y: int(), batch: 4 },
  examples,
  heldOut: examples,
  metrics: { accuracy },
})()
hasValue(fitted._tag, 'Right')
void hasValue
export {}
