/** A5. A multi-layer perceptron is a sequence of layers, and knows how many parameters it has. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { real, relu } from '../src/index.ts'
import { dense, parameterCount, predictOrThrow, sequential, summary } from '../src/nn/index.ts'
import { randomKey } from '../src/random/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const network = sequential(dense(3, 4), relu, dense(4, 4), relu, dense(4, 1))
const answer = predictOrThrow(network, real(3))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the network': answer }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(answer, { ...network.init(randomKey(o.seed)), x: [1, 2, 3] }),
    TE.map((y) => ({
      text: summary(network, real(3)),
      findings: [
        close('(3+1) 4 + (4+1) 4 + (4+1) 1', 41, parameterCount(network), 0),
        close('how many numbers it answers', 1, y.length, 0),
      ],
    })),
  )
