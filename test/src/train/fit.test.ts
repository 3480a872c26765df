import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { reference } from '../../../backends/index.ts'
import { relu } from '../../../lang/operations/activation.ts'
import { crossEntropy, mseLoss } from '../../../lang/operations/loss.ts'
import { tanh } from '../../../lang/primitives/elementwise.ts'
import { int, real } from '../../../lang/shape.ts'
import { key, uniforms } from '../../../src/data/key.ts'
import { dense, flatten, sequential } from '../../../src/nn/index.ts'
import { adam, sgd } from '../../../src/optim/index.ts'
import { accuracy, type FitReport, fit } from '../../../src/train/index.ts'

/** Points of the square [-1, 1]^2, labelled 1 where the signs of the coordinates differ. */
const exclusiveOr = (seed: number, count: number) => {
  const x = Float32Array.from(uniforms(key(seed), 2 * count), (u) => 2 * u - 1)
  return {
    x,
    y: Int32Array.from({ length: count }, (_, i) => ((x[2 * i] ?? 0) * (x[2 * i + 1] ?? 0) < 0 ? 1 : 0)),
    count,
  }
}
const options = {
  backend: reference,
  network: sequential(dense(2, 8), tanh, dense(8, 2)),
  loss: crossEntropy(),
  optimizer: adam({ rate: 0.05 }),
  shapes: { x: real(2), y: int(), batch: 20 },
  examples: exclusiveOr(1, 200),
  heldOut: exclusiveOr(2, 130),
  metrics: { accuracy, loss: crossEntropy() },
  key: key(3),
} as const

test('a small network learns the exclusive or', async () => {
  const seen: FitReport[] = []
  const result = await fit({
    ...options,
    epochs: 20,
    onEpoch: (r) => () => {
      seen.push(r)
      return 'continue'
    },
  })()
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  const { history, steps, epochs } = result.right
  console.log(history.at(-1))
  expect([steps, epochs]).toEqual([200, 20])
  expect(seen).toEqual(history)
  expect(history[0]?.metrics.accuracy).toBeLessThan(0.8)
  expect(history.at(-1)?.metrics.accuracy).toBeGreaterThan(0.95)
})
