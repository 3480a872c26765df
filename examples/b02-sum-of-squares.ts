/** B2. The gradient of a sum of squares: d/dt_i (t1^2 + t2^2 + t3^2) = 2 t_i. It is a program, and can be read. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { gradOrThrow, print, programOrThrow, real, simplify, square, sum } from '../src/index.ts'
import { close, compute, type System } from '../src/systems/index.ts'

const squares = programOrThrow({ t: real(3) }, ({ t }) => sum()(square(t)))
const gradient = simplify(gradOrThrow(squares))

export const system: System = {
  name: 'sum-of-squares',
  code: 'B2',
  title: 'the gradient of a sum of squares at (1,2,4)',
  precision: 'exact',
  gradients: { 'the sum': squares },
  run: (o) =>
    pipe(
      compute(o)(gradient, { t: [1, 2, 4] }),
      TE.map(({ t }) => ({ text: print(gradient), findings: [close('gradient at (1,2,4)', [2, 4, 8], t, 0)] })),
    ),
}
