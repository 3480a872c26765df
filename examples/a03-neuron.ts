/**
 * A3. One neuron: a weighted sum squashed between 0 and 1.
 *
 *   y = sigmoid(w . x + b)      sigmoid(a) = 1 / (1 + exp(-a))
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { add, dot, programOrThrow, real, sigmoid } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const neuron = programOrThrow({ x: real(2), w: real(2), b: real() }, ({ x, w, b }) => sigmoid(add(dot(w, x), b)))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the neuron': neuron }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(neuron, { x: [0.5, 0.45], w: [0.55, -0.35], b: 0.15 }),
    TE.map((y) => ({
      findings: [close('sigmoid(0.55 0.5 - 0.35 0.45 + 0.15)', 0.5664790559676278, y, 1e-15)],
    })),
  )
