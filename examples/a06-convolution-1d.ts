/**
 * A6. Convolution along a line: one small pattern of weights, slid over a signal.
 *
 *   y[i] = sum_k w[k] x[i + k]
 *
 * (-1, 1) is a discrete derivative. A pattern with mean 0, used as a filter, responds most where the signal looks like it.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import { argmax, conv, programOrThrow, real, reshape } from '../src/index.ts'
import { normal, randomKey } from '../src/random/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const derivative = programOrThrow({ x: real(1, 11), w: real(1, 1, 2) }, ({ x, w }) => conv()(x, w))
const staircase = [0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4]

const pattern = [0, 1, 3, -3, -1, 0, 2, -2]
const [length, place] = [80, 47]
const detector = programOrThrow({ x: real(1, length), w: real(1, 1, pattern.length) }, ({ x, w }) => {
  const answer = reshape([length - pattern.length + 1])(conv()(x, w))
  return { answer, peak: argmax(0)(answer) }
})
/** The pattern once, in noise. */
const signal = (seed: number): readonly number[] =>
  Array.from(normal(length)(randomKey(seed)), (z, i) => 0.5 * z + (pattern[i - place] ?? 0))
const points = (xs: ArrayLike<number>) => Array.from(xs, (x, i) => [i, x] as const)

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the convolution': derivative }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('slopes', compute(o.backend)(derivative, { x: staircase, w: [-1, 1] })),
    TE.apS('found', compute(o.backend)(detector, { x: signal(o.seed), w: pattern })),
    TE.map(({ slopes, found }) => ({
      findings: [
        close('(0,0,0,0,1,2,3,4,4,4,4) with (-1,1)', [0, 0, 0, 1, 1, 1, 1, 0, 0, 0], slopes, 0),
        close('where the detector peaks', place, found.peak, 0),
      ],
      pictures: [
        {
          name: 'detector.svg',
          content: curves({ x: 'place', y: 'value' }, [
            { name: 'signal', points: points(signal(o.seed)) },
            { name: 'answer / 10', points: points(found.answer.map((y) => y / 10)) },
          ]),
        },
      ],
    })),
  )
