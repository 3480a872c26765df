/**
 * A4. The perceptron and its layers. Weights are stored as [out, in], so that a layer reads as W x + b and its parameters
 * show what it does: [1, 3] and [1] turn three numbers into one.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { add, div, exp, max, mul, neg, programOrThrow, real, relu, sub, tanh } from '../src/index.ts'
import { dense, sequential } from '../src/nn/index.ts'
import { close, compute, type Report, type RunOptions, same } from '../src/report/index.ts'

const perceptron = dense(3, 1)
const network = sequential(dense(3, 9), relu, dense(9, 2), relu, dense(2, 2))

/** The hyperbolic tangent and the rectifier, each written out as in the course, and the language's own functions. */
const activations = programOrThrow({ x: real(9) }, ({ x }) => ({
  written: sub(div(2, add(1, exp(mul(-2, x)))), 1),
  tanh: tanh(x),
  larger: max(x, 0),
  relu: relu(x),
  odd: neg(tanh(neg(x))),
}))
const x = [-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4]

interface Typed {
  readonly shape: readonly number[]
}
const shapes = (layers: readonly ({ readonly w: Typed; readonly b: Typed } | null)[]): string =>
  layers
    .flatMap((p) => (p === null ? [] : [p.w, p.b]))
    .map((t) => `[${t.shape.join(',')}]`)
    .join(' ')

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the activations': programOrThrow(real(9), (v) => tanh(v)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(activations, { x }),
    TE.map((found) => ({
      findings: [
        same('parameters of Linear(3,1)', '[1,3] [1]', shapes([perceptron.params])),
        same('parameters of 3-9-2-2', '[9,3] [9] [2,9] [2] [2,2] [2]', shapes(network.params)),
        close('2/(1+exp(-2x))-1 is tanh', found.tanh, found.written, 1e-15),
        close('tanh is odd', found.tanh, found.odd, 0),
        close('ReLU is max(x, 0)', [0, 0, 0, 0, 0, 0.5, 1, 2, 4], found.relu, 0),
        close('max(x, 0) is ReLU', found.relu, found.larger, 0),
      ],
    })),
  )
