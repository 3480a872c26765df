/**
 * A7. Convolution of an image: the same small filter at every position (cross-correlation: the filter is not flipped).
 *
 *   out[i, j] = b + sum_mn K[m, n] in[i + m, j + n]
 *
 * This K responds where brightness grows from left to right; a bias of -0.1 and ReLU keep only strong responses.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { sheet } from '../src/draw/index.ts'
import { conv, programOrThrow, real, relu } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const side = 24
const inner = side - 2
const filter = [-1, 0, 1, -1, 0, 1, -1, 0, 1].map((k) => k / 3)
const bias = -0.1

const edges = programOrThrow({ image: real(1, side, side), k: real(1, 1, 3, 3), b: real(1) }, ({ image, k, b }) => ({
  plain: conv()(image, k),
  biased: conv()(image, k, b),
  rectified: relu(conv()(image, k, b)),
}))

/** A bright disc, a grey bar and a soft slope. */
const brightness = (i: number, j: number): number =>
  (i - 8) ** 2 + (j - 8) ** 2 < 25 ? 1 : j >= 16 && j < 20 && i > 3 && i < 20 ? 0.6 : 0.01 * j
const image = Array.from({ length: side * side }, (_, p) => brightness(Math.floor(p / side), p % side))

/** The equation, written out. */
const written = (b: number): readonly number[] =>
  Array.from({ length: inner * inner }, (_, p) => {
    const [i, j] = [Math.floor(p / inner), p % inner]
    return filter.reduce((sum, k, q) => sum + k * (image[(i + Math.floor(q / 3)) * side + j + (q % 3)] ?? 0), b)
  })

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'the convolution': programOrThrow({ x: real(1, 6, 6), k: real(1, 1, 3, 3) }, ({ x, k }) => conv()(x, k)),
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(edges, { image, k: filter, b: [bias] }),
    TE.map(({ plain, biased, rectified }) => ({
      findings: [
        close('edges', written(0), plain, 1e-12),
        close('with the bias -0.1', written(bias), biased, 1e-12),
        close(
          'then ReLU',
          written(bias).map((y) => Math.max(y, 0)),
          rectified,
          1e-12,
        ),
      ],
      pictures: [
        {
          name: 'edges.png',
          content: sheet([
            { pixels: image, rows: side, columns: side },
            ...[plain, biased, rectified].map((pixels) => ({ pixels, rows: inner, columns: inner })),
          ]),
        },
      ],
    })),
  )
