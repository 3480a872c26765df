/** A small formula, its jvp and its gradient, as programs before and after simplification. */
import { mul, type Program, programOrThrow, real, sin } from '../../../lang/index.ts'
import { print } from '../../../lang/text/print.ts'
import { gradOrThrow } from '../../transform/grad.ts'
import { jvp } from '../../transform/jvp.ts'
import { simplify } from '../../transform/simplify/index.ts'

export interface SimplifiedProgram {
  readonly title: string
  readonly before: string
  readonly after: string
}
const shown = (title: string, p: Program<unknown, unknown>): SimplifiedProgram => ({
  title,
  before: print(p),
  after: print(simplify(p)),
})

const formula = programOrThrow({ x: real(), y: real() }, ({ x, y }) => mul(x, sin(mul(x, y))))

export const formulas = (): readonly SimplifiedProgram[] => [
  shown('f(x, y) = x sin(x y)', formula),
  shown('jvp(f): its derivative along (dx, dy), forward mode', jvp(formula)),
  shown('grad(f): its gradient, reverse mode', gradOrThrow(formula)),
]
