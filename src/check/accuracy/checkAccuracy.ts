/**
 * How many bits of a program's value, gradient and second derivative are right, at points of the user's intervals. The
 * exact numbers come from arbitrary precision: the program on numbers that carry their derivatives (jet.ts), and not the
 * derivative programs, so that a wrong rule is found like a rounding error.
 */
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { type Closed, inTypes } from '../../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../../lang/syntax/error.ts'
import { taskOfProgram } from '../../../lang/syntax/ofProgram.ts'
import type { Program, UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf } from '../../../lang/syntax/shape.ts'
import { randomKey } from '../../random/key.ts'
import type { Point } from '../point.ts'
import { adviser } from './advice.ts'
import { type Engine, engineOf, evaluator } from './engine.ts'
import { exactly, operations } from './exact.ts'
import { type ExactPoint, exactPoint } from './exactPoint.ts'
import { type AccuracyOptions, refused, type Setting, settingOf } from './options.ts'
import { pointsOf } from './points.ts'
import { coordinatesOf, quantitiesOf, totalOf } from './quantities.ts'
import type { AccuracyReport, AccuracyRow } from './report.ts'
import { rowsOf } from './rows.ts'

/** The middle of every interval. */
const middleOf = (p: Closed, over: Setting['over']): Point =>
  inTypes(p).map((t, i) => {
    const [low, high] = over[i] ?? [0, 1]
    return new Float64Array(sizeOf(t.shape)).fill(isReal(t) ? (low + high) / 2 : 0)
  })
/**
 * How many bits of the value, the gradient and the second derivative are right on each back end, where they are lost
 * worst, in which equation and why. The second derivative is the diagonal of the Hessian. `showAccuracy` writes the
 * report as text.
 *
 * Errors:  Malformed: an option is out of range, no output is real, a loop does not end, or no point is in the domain;
 *          those of the back ends
 *
 * @example
 * const f = programOrThrow({ x: real() }, ({ x }) => log(add(1, exp(x))))
 * const checked = await checkAccuracy(f, { over: { x: [-20, 20] } })()
 * E.isRight(checked) && checked.right.rows[0]?.loss?.advice // => 'softplus(x)'
 */
export const checkAccuracy = taskOfProgram(
  'checkAccuracy(f: program, options?)',
  <In, Out, C = never, R = never>(
    program: Program<In, Out>,
    options: AccuracyOptions<In, C, R> = {},
  ): TE.TaskEither<Diagnostics | C | R, AccuracyReport> => measured(program, options as AccuracyOptions<unknown, C, R>),
)
const measured =
  <C, R>(
    p: UntypedProgram,
    options: AccuracyOptions<unknown, C, R>,
  ): TE.TaskEither<Diagnostics | C | R, AccuracyReport> =>
  async () => {
    const setting = settingOf(p, options as AccuracyOptions)
    if (E.isLeft(setting)) return setting
    const { digits, over, seed } = setting.right
    const coordinates = coordinatesOf(p.closed, setting.right.coordinates)
    const total = totalOf(p.closed)
    const endless = refused(`the program takes more than ${operations} operations at one point: does a loop end?`)
    // points are drawn with float64, which would follow an endless loop
    if (exactly(p.closed, middleOf(p.closed, over), digits) === undefined) return E.left(endless)
    const points: ExactPoint[] = []
    for (const x of pointsOf(p.closed, randomKey(seed), setting.right.points, over)) {
      const exact = exactPoint(p.closed, total, x, coordinates, digits)
      if (exact === undefined) return E.left(endless)
      points.push(exact)
    }
    const known = points.filter(({ values }) => values.some((v) => v?.isFinite()))
    if (known.length === 0)
      return E.left(refused('the program has no finite value at any point: ask for other intervals'))
    const quantities = quantitiesOf(p, coordinates).filter((q) => q.name === 'value' || coordinates.length > 0)
    const engines: readonly Engine<C | R>[] = options.backends?.map(engineOf<C, R>) ?? [evaluator]
    const rows: AccuracyRow[] = []
    let beyond = 0
    for (const engine of engines) {
      const found = await rowsOf(engine, p, quantities, known, coordinates, digits, adviser())
      if (E.isLeft(found)) return found
      rows.push(...found.right.rows)
      beyond = Math.max(beyond, found.right.beyond)
    }
    const all = points.flatMap(({ values, first, second }) => [...values, ...first, ...second])
    return E.right({
      digits,
      points: points.length,
      unknown: all.filter((v) => v === undefined || !v.isFinite()).length,
      beyond,
      rows,
      program: p,
    })
  }
