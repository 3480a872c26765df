/** A10. Max-pooling: of every 2 x 2 window, the largest number. The image shrinks; strong responses stay. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { gradOrThrow, maxPool, programOrThrow, real, sum } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const pool = programOrThrow({ image: real(1, 4, 4) }, ({ image }) => maxPool({ kernel: 2 })(image))
/** Which pixels the result depends on: the derivative of its sum. */
const chosen = gradOrThrow(
  programOrThrow({ image: real(1, 4, 4) }, ({ image }) => sum()(maxPool({ kernel: 2 })(image))),
)
const image = [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19]

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { pooling: pool }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('y', compute(o.backend)(pool, { image })),
    TE.apS('g', compute(o.backend)(chosen, { image })),
    TE.map(({ y, g }) => ({
      findings: [
        close('the largest of every window', [7, 9, 17, 19], y, 0),
        close('its derivative: one pixel of each', [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1], g.image, 0),
      ],
    })),
  )
