/** A program's gradients as a property: fast-check draws the points and shrinks them. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Evaluator } from '../../lang/backend.ts'
import type { Tensor } from '../../lang/evaluate.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { showDiagnostics } from '../../lang/syntax/error.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { checkGradients } from '../check/checkGradients.ts'
import type { Interval } from '../check/domain.ts'
import { treeOf } from '../check/point.ts'
import { showReport } from '../check/text.ts'
import { seeds, values } from './arbitrary/values.ts'

/** Where gradients are checked, and to which order. */
export interface GradientPropertyOptions {
  /** The interval of all real inputs. Default: -1 to 1. */
  readonly range?: Interval
  /** Whether second derivatives are checked. Default: true. */
  readonly second?: boolean
  /** What evaluates large programs: `evaluator()` of the back ends. Default: the reference. */
  readonly on?: Evaluator
}
/**
 * Law: at every point where the program is smooth and finite, both modes give its derivative.
 *
 * @example
 * const loss = programOrThrow(real(3), (x) => sum()(log(x)))
 * fc.assert(gradientProperty(loss, { range: [0.1, 2] }), { numRuns: 5 })
 */
export const gradientProperty = ofProgram(
  'gradientProperty(f: program, options?)',
  <In, Out>(
    program: Program<In, Out>,
    { range = [-1, 1], second = true, on }: GradientPropertyOptions = {},
  ): fc.IProperty<[readonly Tensor[], number]> =>
    fc.property(values(inTypes(program.closed), range), seeds, (x, seed) => {
      const report = checkGradients(program, { at: treeOf(program, x), seed, second, ...(on && { on }) })
      if (E.isLeft(report)) throw new Error(showDiagnostics(report.left))
      if (report.right.verdict === 'wrong') throw new Error(showReport(report.right))
    }),
)
