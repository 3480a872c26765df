/** A8. A filter that sharpens: five times a pixel minus its four neighbours. The image is padded with its border pixels. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { conv, padWith, programOrThrow, real, tensor } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const kernel = [0, -1, 0, -1, 5, -1, 0, -1, 0]
const sharpen = programOrThrow({ image: real(1, 5, 5) }, ({ image }) =>
  conv()(
    padWith(
      [
        [0, 0],
        [1, 1],
        [1, 1],
      ],
      { mode: 'replicate' },
    )(image),
    tensor([1, 1, 3, 3], kernel),
  ),
)
const image = Array.from({ length: 25 }, (_, p) => (p === 12 ? 150 : 100))
const expected = image.map((_, p) => (p === 12 ? 350 : [7, 11, 13, 17].includes(p) ? 50 : 100))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { sharpening: sharpen }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(sharpen, { image }),
    TE.map((y) => ({
      findings: [
        close('the centre', 350, y.slice(12, 13), 0),
        close(
          'its neighbours',
          [50, 50, 50, 50],
          [7, 11, 13, 17].map((p) => y[p] ?? Number.NaN),
          0,
        ),
        close('all of the image', expected, y, 0),
      ],
    })),
  )
