/**
 * Matchers for vitest; a test file passes them to `expect.extend` once:
 *
 *   expect.extend(matchers)
 *   expect(loss).toHaveCorrectGradients()
 *
 * Large programs are checked in seconds on an evaluator of the back ends:
 *
 *   expect.extend(matchersOn(evaluator()))
 */
import * as E from 'fp-ts/lib/Either.js'
import type {} from 'vitest'
import type { Evaluator } from '../../lang/backend.ts'
import { showDiagnostics } from '../../lang/syntax/error.ts'
import { isProgram, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { type CheckOptions, checkGradients } from '../check/checkGradients.ts'
import { type EquivalenceOptions, equivalence, showEquivalence } from '../check/equivalence.ts'
import { type LinearityOptions, linearity } from '../check/linearity.ts'
import { showReport } from '../check/text.ts'

/** What evaluates large programs, unless an option says otherwise. */
type On = Pick<CheckOptions, 'on'>
interface Result {
  readonly pass: boolean
  readonly message: () => string
}
const onProgram = (x: unknown, f: (p: UntypedProgram) => Result): Result =>
  isProgram(x) ? f(x) : { pass: false, message: () => 'expected a program, as program(...) or a transformation gives' }

const toHaveCorrectGradients =
  (on: On) =>
  (received: unknown, options: CheckOptions = {}): Result =>
    onProgram(received, (p) => {
      const checked = checkGradients(p, { ...on, ...options })
      if (E.isLeft(checked)) return { pass: false, message: () => showDiagnostics(checked.left) }
      return { pass: checked.right.verdict === 'correct', message: () => showReport(checked.right) }
    })
const toBeEquivalentTo =
  (on: On) =>
  (received: unknown, other: UntypedProgram, options: EquivalenceOptions = {}): Result =>
    onProgram(received, (p) => {
      const found = equivalence(p, other, { ...on, ...options })
      return { pass: found._tag === 'Equivalent', message: () => showEquivalence(found) }
    })
const toBeLinear =
  (on: On) =>
  (received: unknown, options: LinearityOptions = {}): Result =>
    onProgram(received, (p) => {
      const { structure, test, error } = linearity(p, { ...on, ...options })
      const how = structure
        ? 'proved linear: its derivative is the same everywhere'
        : test
          ? 'not refuted at random points'
          : `f(a u + b v) differs from a f(u) + b f(v) by ${error.toExponential(1)} of its size`
      return { pass: structure || test, message: () => how }
    })
const makeMatchers = (on: On) => ({
  toHaveCorrectGradients: toHaveCorrectGradients(on),
  toBeEquivalentTo: toBeEquivalentTo(on),
  toBeLinear: toBeLinear(on),
})
/** For `expect.extend`: the matchers, with an evaluator for large programs. */
export const matchersOn = (on: Evaluator) => makeMatchers({ on })
/** For `expect.extend`. */
export const matchers = makeMatchers({})

interface Matching<R> {
  /** Both modes, to second order, against finite differences and one another. */
  toHaveCorrectGradients: (options?: CheckOptions) => R
  /** The same outputs for the same inputs, up to rounding. */
  toBeEquivalentTo: <In, Out>(other: Program<In, Out>, options?: EquivalenceOptions) => R
  /** Linear in all real inputs, or in those that are named. */
  toBeLinear: (options?: LinearityOptions) => R
}
declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that it is merged with has this parameter
  interface Matchers<T = any> extends Matching<T> {}
}
