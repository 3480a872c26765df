/** A9. The Sobel pair: the slopes of brightness to the right and downwards. Each edge shows in one of the two. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { sheet } from '../src/draw/index.ts'
import { conv, programOrThrow, real, tensor } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const side = 8
const inner = side - 2
const gx = tensor([1, 1, 3, 3], [-1, 0, 1, -2, 0, 2, -1, 0, 1])
const gy = tensor([1, 1, 3, 3], [-1, -2, -1, 0, 0, 0, 1, 2, 1])
const sobel = programOrThrow({ image: real(1, side, side) }, ({ image }) => ({
  x: conv()(image, gx),
  y: conv()(image, gy),
}))

const half = side / 2
/** Dark and bright halves: left and right, above and below. */
const vertical = Array.from({ length: side * side }, (_, p) => (p % side < half ? 0 : 1))
const horizontal = Array.from({ length: side * side }, (_, p) => (Math.floor(p / side) < half ? 0 : 1))
const zeros = Array.from({ length: inner * inner }, () => 0)
/** 4 where the centre of the filter is beside the edge. */
const answersAt = (place: (p: number) => number) => zeros.map((_, p) => (place(p) === 2 || place(p) === 3 ? 4 : 0))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the pair': sobel }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('v', compute(o.backend)(sobel, { image: vertical })),
    TE.apS('h', compute(o.backend)(sobel, { image: horizontal })),
    TE.map(({ v, h }) => ({
      findings: [
        close(
          'vertical edge, Gx answers',
          answersAt((p) => p % inner),
          v.x,
          0,
        ),
        close('vertical edge, Gy', zeros, v.y, 0),
        close('horizontal edge, Gx', zeros, h.x, 0),
        close(
          'horizontal edge, Gy answers',
          answersAt((p) => Math.floor(p / inner)),
          h.y,
          0,
        ),
      ],
      pictures: [
        {
          name: 'sobel.png',
          content: sheet(
            [
              { pixels: vertical, rows: side, columns: side },
              ...[v.x, v.y].map((pixels) => ({ pixels, rows: inner, columns: inner })),
              { pixels: horizontal, rows: side, columns: side },
              ...[h.x, h.y].map((pixels) => ({ pixels, rows: inner, columns: inner })),
            ],
            3,
            12,
          ),
        },
      ],
    })),
  )
