/**
 * One training run in a process of its own, to be killed, with a checkpoint after every other step. It prints `begun` after
 * the first step, and at the end `done` with a digest of its last and best states.
 */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { type BackendError, reference, showBackendError, wasm } from '../../backends/index.ts'
import { crossEntropy } from '../../lang/operations/classLoss.ts'
import { tanh } from '../../lang/primitives/elementwise.ts'
import { int, real } from '../../lang/syntax/shape.ts'
import { spiral } from '../../src/data/index.ts'
import { fileStore } from '../../src/disk/index.ts'
import { dense, dropout, sequential } from '../../src/nn/index.ts'
import { adam } from '../../src/optim/index.ts'
import { randomKey } from '../../src/random/index.ts'
import { accuracy, earlyStopping, fit as fitNetwork, showFitError } from '../../src/train/index.ts'

const show = showFitError<BackendError>(showBackendError)

const digest = (tree: unknown): string =>
  createHash('sha256')
    .update(
      JSON.stringify(tree, (_, v) =>
        ArrayBuffer.isView(v) ? Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('hex') : v,
      ),
    )
    .digest('hex')

/** The exit code. */
export const main = async ([path = '', backend = 'wasm', seed = '1']: readonly string[]): Promise<number> => {
  let begun = false
  const result = await fitNetwork({
    backend: backend === 'reference' ? reference : wasm(),
    network: sequential(dense(2, 24), tanh, dropout(0.1), dense(24, 2)),
    loss: crossEntropy(),
    optimizer: adam({ rate: 0.02 }),
    shapes: { x: real(2), y: int(), batch: 16 },
    examples: spiral(randomKey(Number(seed)), 320),
    heldOut: spiral(randomKey(Number(seed) + 1), 100),
    metrics: { accuracy },
    epochs: 20,
    key: randomKey(Number(seed)),
    callback: earlyStopping({ watch: 'accuracy', best: 'most', patience: Infinity }),
    checkpoint: { store: fileStore(path), every: 2, resume: true },
    onStep: () => () => {
      if (!begun) console.log('begun')
      begun = true
    },
  })()
  if (E.isLeft(result)) {
    console.log(show(result.left))
    return 1
  }
  console.log(`done ${digest(result.right)}`)
  return 0
}
