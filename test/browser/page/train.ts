/** A convolutional network learns twenty generated digits, the whole of them every step. */
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../../backends/index.ts'
import { digits } from '../../../src/data/digits.ts'
import { crossEntropy, int, real, relu } from '../../../src/index.ts'
import { conv2d, dense, flatten, maxPool, sequential } from '../../../src/nn/index.ts'
import { adam } from '../../../src/optim/index.ts'
import { randomKey } from '../../../src/random/key.ts'
import { fit as learn } from '../../../src/train/index.ts'
import { backendNamed } from '../../backends/named.ts'

const batch = 20
const network = sequential(conv2d(1, 4, 5, { stride: 2 }), relu, maxPool(2), flatten(), dense(4 * 6 * 6, 10))

/** The loss before every step, and what ran. Throws, in the back end's words, when it refuses. */
export const train = async (name: string, steps: number): Promise<readonly number[]> => {
  const { x: images, y: labels } = digits(randomKey(1), batch)
  const losses: number[] = []
  const trained = await learn({
    backend: backendNamed(name),
    network,
    loss: crossEntropy(),
    optimizer: adam({ rate: 0.01 }),
    shapes: { x: real(1, 28, 28), y: int(), batch },
    examples: { x: images, y: labels, count: batch },
    epochs: steps,
    key: randomKey(2),
    onStep:
      ({ loss }) =>
      () =>
        losses.push(loss),
  })()
  if (E.isRight(trained)) return losses
  const failure = trained.left
  throw new Error(failure._tag === 'BackendFailed' ? showBackendError(failure.error) : failure._tag)
}
