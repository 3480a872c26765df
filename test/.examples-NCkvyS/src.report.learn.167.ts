import { digits } from "/tmp/wt/int/src/data/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { withTextErrors, learn } from "/tmp/wt/int/src/report/index.ts"
import { showBackendError, wasm } from "/tmp/wt/int/backends/index.ts"
import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { crossEntropy, real, int } from "/tmp/wt/int/src/index.ts"
import { sgd } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const training = digits(randomKey(1), 64)
const run = { backend: withTextErrors(showBackendError)(wasm()), seed: 1, data: 'generated', small: true } as const
const fitted = await learn(run, 'digits', {
  backend: run.backend,
  network: sequential(dense(784, 10)),
  loss: crossEntropy(),
  optimizer: sgd({ rate: 0.1 }),
  key: randomKey(2),
  epochs: 1,
  shapes: { x: real(784), y: int(), batch: 32 },
  examples: training,
  shows: { classes: 10, rows: 28, columns: 28 },
})()
hasValue(fitted._tag, 'Right')
void hasValue
export {}
