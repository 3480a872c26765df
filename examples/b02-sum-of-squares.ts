/** B2. The gradient of a sum of squares: d/dt_i (t1^2 + t2^2 + t3^2) = 2 t_i. It is a program, and can be read. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { gradOrThrow, print, programOrThrow, real, simplify, square, sum } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const squares = programOrThrow({ t: real(3) }, ({ t }) => sum()(square(t)))
const gradient = simplify(gradOrThrow(squares))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the sum': squares }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(gradient, { t: [1, 2, 4] }),
    TE.map(({ t }) => ({ text: print(gradient), findings: [close('gradient at (1,2,4)', [2, 4, 8], t, 0)] })),
  )
