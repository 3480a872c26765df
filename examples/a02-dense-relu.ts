/**
 * A2. A dense layer: weighted sums, a bias each, and a non-linearity. The bias is a threshold: the unit responds above it.
 *
 *   h = relu(x W^T + b)      relu(a) = a where a > 0, else 0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { linear, programOrThrow, real, relu } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { languages, marks, sciences } from './marks.ts'

const layer = programOrThrow({ x: real(10, 7), w: real(2, 7), b: real(2) }, ({ x, w, b }) => relu(linear(x, w, b)))

// biome-ignore format: one pupil per pair
const expected = [
  0.88, 1.25, 3.52, 0.8, 0, 0, 0.48, 0, 0.04, 1.05,
  1.38, 1.3, 0, 3.45, 0, 0, 0, 4.7, 0, 0,
]

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the layer': layer }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(layer, { x: marks, w: [...sciences, ...languages], b: [-10, -10] }),
    TE.map((h) => ({ findings: [close('(sciences, languages) of every pupil', expected, h, 1e-9)] })),
  )
