/**
 * A11. Batches are 4-D: examples x channels x height x width. They need not be written: vmap turns the network on one
 * image into the network on a batch, the same that one would write by hand.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { conv, flatten, linear, maxPool, programOrThrow, real, relu, vmap } from '../src/index.ts'
import { normal, randomKey, splitKey } from '../src/random/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const batch = 5
const weights = { k: real(3, 2, 3, 3), b: real(3), w: real(3, 12) }

const one = programOrThrow({ ...weights, x: real(2, 6, 6) }, ({ k, b, w, x }) =>
  linear(flatten()(maxPool({ kernel: 2 })(relu(conv()(x, k, b)))), w),
)
const mapped = vmap(batch, { over: { k: false, b: false, w: false, x: true } })(one)

/** The same with the fourth axis written by hand: pooling of the last two axes, flattening from the second. */
const byHand = programOrThrow({ ...weights, x: real(batch, 2, 6, 6) }, ({ k, b, w, x }) =>
  linear(flatten(1)(maxPool({ kernel: [2, 2] })(relu(conv()(x, k, b)))), w),
)

const draw = (seed: number) => {
  const [a, b, c, d] = splitKey(4)(randomKey(seed))
  const numbers = (from: typeof a, n: number) => Array.from(normal(n)(from))
  return { k: numbers(a, 54), b: numbers(b, 3), w: numbers(c, 36), x: numbers(d, batch * 72) }
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the network on one image': one }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('found', compute(o.backend)(mapped, draw(o.seed))),
    TE.apS('expected', compute(o.backend)(byHand, draw(o.seed))),
    TE.map(({ found, expected }) => ({
      findings: [
        close('five images, three answers each', 15, found.length, 0),
        close('vmap of the network, and the batched network', expected, found, 1e-12),
      ],
    })),
  )
