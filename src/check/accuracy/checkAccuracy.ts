/**
 * How many bits of a program's value, gradient and second derivative are right, at points of the user's intervals. The
 * exact numbers come from arbitrary precision: the program on numbers that carry their derivatives (jet.ts), and not the
 * derivative programs, so that a wrong rule is found like a rounding error.
 */
import type { Decimal } from 'decimal.js'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { type Closed, inTypes, outTypes, typesOf } from '../../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../../lang/syntax/error.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { Program, UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf } from '../../../lang/syntax/shape.ts'
import { leavesWithPath, memberAt, nameOf } from '../../../lang/syntax/tree.ts'
import { randomKey } from '../../random/key.ts'
import { cost } from '../../transform/cost.ts'
import { type Ranges, rangesOf } from '../checkGradients.ts'
import type { Interval } from '../domain.ts'
import { formulaOf } from '../nonFinite/formula.ts'
import type { Compiler } from '../nonFinite/onBackend.ts'
import type { Point } from '../point.ts'
import { type Adviser, adviser } from './advice.ts'
import { bitsRight, type FloatFormat, float32, relativeError } from './bits.ts'
import { type Computed, type Engine, engineOf, evaluator } from './engine.ts'
import { type Exact, type Exactly, exactly, operations } from './exact.ts'
import { lossAt } from './loss.ts'
import { isSingle, pointsOf } from './points.ts'
import {
  along,
  type Coordinate,
  coordinatesOf,
  type Quantity,
  type QuantityRun,
  quantitiesOf,
  totalOf,
} from './quantities.ts'
import type { AccuracyReport, AccuracyRow, BitLoss } from './report.ts'
import { wrongRuleIn } from './rules.ts'

/** Where accuracy is measured, to how many digits, and on which back ends. */
export interface AccuracyOptions<In = unknown, C = never, R = never> {
  /** How many digits of the exact numbers are right: from 20 to 300. Default: 30. */
  readonly digits?: number
  /** The interval for all real inputs, or a tree of intervals. Default: the ranges of the operations that read them. */
  readonly over?: Interval | Ranges<In>
  /** The back ends. Default: the reference, the language's own evaluator in float64. */
  readonly backends?: readonly (Compiler<C, R> & { readonly name: string })[]
  /** How many points. Default: 64, fewer where the program is large. */
  readonly points?: number
  /** By how many single numbers of the inputs derivatives are taken. Default: 8. */
  readonly coordinates?: number
  /** The same seed, the same points. Default: 1. */
  readonly seed?: number
}
interface Setting {
  readonly digits: number
  readonly points: number
  readonly coordinates: number
  readonly seed: number
  readonly over: readonly (Interval | undefined)[]
}

// -- options ---------------------------------------------------------------------------------------------------------

const refused = (what: string): Diagnostics => [
  { problem: { _tag: 'Malformed', what }, op: 'checkAccuracy', types: [], site: 'options' },
]
const isWholeFrom = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most
/** The work of all exact evaluations, in functions of real numbers: more would take longer than a minute. */
const affordable = 2e4
const usualPoints = (p: UntypedProgram, coordinates: number): number => {
  const work = (cost(p).flops + p.closed.equations.length + 1) * (coordinates + 1)
  return Math.max(4, Math.min(64, Math.floor(affordable / work)))
}
/** The names in `over` that are no inputs. */
const strays = (p: UntypedProgram, over: unknown): readonly string[] => {
  const isInterval = (x: unknown): boolean => Array.isArray(x) && x.every((v) => typeof v === 'number')
  return leavesWithPath(over, isInterval).flatMap(([path]) =>
    memberAt(p.in, path) === undefined ? [nameOf(path)] : [],
  )
}
const settingOf = (p: UntypedProgram, options: AccuracyOptions): E.Either<Diagnostics, Setting> => {
  const { digits = 30, coordinates = 8, seed = 1 } = options
  const { points = usualPoints(p, Math.min(coordinates, coordinatesOf(p.closed, coordinates).length)) } = options
  const over = rangesOf(p, options.over)
  const [stray] = strays(p, options.over)
  if (!outTypes(p.closed).some(isReal)) return E.left(refused('no output is real: integers and truth values are exact'))
  if (!isWholeFrom(digits, 20, 300)) return E.left(refused(`digits is ${digits}: a whole number from 20 to 300`))
  if (!isWholeFrom(points, 1, 100_000)) return E.left(refused(`points is ${points}: a whole number from 1 to 100000`))
  if (!isWholeFrom(coordinates, 0, 100_000))
    return E.left(refused(`coordinates is ${coordinates}: a whole number from 0 to 100000`))
  if (stray !== undefined) return E.left(refused(`over names ${stray}, and there is no such input`))
  const bad = over.find((o) => o !== undefined && !(o.every(Number.isFinite) && o[0] <= o[1]))
  if (bad !== undefined)
    return E.left(refused(`over has the interval ${bad.join(' .. ')}: two finite numbers, the smaller first`))
  return E.right({ digits, points, coordinates, seed, over })
}

// -- exact numbers ---------------------------------------------------------------------------------------------------

/** The exact numbers at a point: of the outputs, and the derivatives by each coordinate. */
interface ExactPoint {
  readonly x: Point
  readonly values: readonly Exact[]
  readonly first: readonly Exact[]
  readonly second: readonly Exact[]
}
/** Undefined where the program needs too much arithmetic. */
const exactPoint = (
  p: Closed,
  total: Closed,
  x: Point,
  coordinates: readonly Coordinate[],
  digits: number,
): ExactPoint | undefined => {
  const values = exactly(p, x, digits)
  const derivatives = coordinates.map((c) => {
    const v = along(inTypes(p), c)
    return exactly(total, x, digits, { a: v, b: v })
  })
  if (values === undefined || derivatives.some((d) => d === undefined)) return undefined
  const of = (part: 'a' | 'c'): readonly Exact[] => derivatives.map((d) => d?.numbers[0]?.[part])
  return { x, values: values.numbers.map((n) => n.v), first: of('a'), second: of('c') }
}
/** The middle of every interval. */
const middleOf = (p: Closed, over: Setting['over']): Point =>
  inTypes(p).map((t, i) => {
    const [low, high] = over[i] ?? [0, 1]
    return new Float64Array(sizeOf(t.shape)).fill(isReal(t) ? (low + high) / 2 : 0)
  })
/** The exact number of a target; undefined where it has none. */
const exactOf = (
  q: Quantity,
  at: ExactPoint,
  target: QuantityRun['targets'][number],
  coordinates: readonly Coordinate[],
  index: number,
): Decimal | undefined => {
  const { coordinate } = target
  const k = coordinate === undefined ? index : coordinates.indexOf(coordinate)
  const exact = (q.name === 'value' ? at.values : q.name === 'gradient' ? at.first : at.second)[k]
  return exact?.isFinite() ? exact : undefined
}

// -- one back end ----------------------------------------------------------------------------------------------------

/** A number that was computed, beside the exact one. */
interface Measured {
  readonly at: ExactPoint
  readonly run: QuantityRun
  readonly target: QuantityRun['targets'][number]
  readonly exact: Decimal
  readonly computed: number
  readonly bits: number
}
/** A number is right without its last bits; a loss of more bits is looked into. */
const spare = 2
const told = 4
const median = (xs: readonly number[]): number =>
  nth(
    [...xs].sort((a, b) => a - b),
    Math.floor((xs.length - 1) / 2),
  )

const measure = (
  q: Quantity,
  run: QuantityRun,
  points: readonly ExactPoint[],
  results: readonly Computed[],
  coordinates: readonly Coordinate[],
): readonly Measured[] =>
  points.flatMap((p, k) =>
    run.targets.flatMap((target, i) => {
      const exact = exactOf(q, p, target, coordinates, i)
      const { outs, format } = nth(results, k)
      const computed = outs[target.output]?.[target.element] ?? Number.NaN
      return exact === undefined
        ? []
        : [{ at: p, run, target, exact, computed, bits: bitsRight(exact, computed, format) }]
    }),
  )

/** The values of all real equations and inputs of a program, as one back end computes them. */
const everyValue = (p: Closed): { readonly closed: Closed; readonly numbers: readonly number[] } => {
  const numbers = typesOf(p).flatMap((t, k) => (isReal(t) ? [k] : []))
  return { closed: { ...p, outputs: numbers }, numbers }
}
/** The share of an error, in exact arithmetic, from which the derivative itself is wrong. */
const ownShare = 0.25
/** Errors that the constants of rules have, which are rounded. */
const roundedConstants = 64

const wrongDerivative = (p: Closed, worst: Measured, own: Exact, digits: number): BitLoss => {
  const equation = wrongRuleIn(p, worst.at.x),
    q = equation === undefined ? undefined : nth(p.equations, equation)
  const formula = equation === undefined ? undefined : formulaOf(p, { equation, out: 0 })
  return {
    cause: 'wrong derivative',
    ...(equation !== undefined && q !== undefined && { equation, op: q.op }),
    ...(formula === undefined ? {} : { formula }),
    args: [],
    result: {
      exact: worst.exact.toSignificantDigits(digits).toString(),
      computed: own?.toNumber() ?? Number.NaN,
      bits: worst.bits,
    },
  }
}
/** Why the worst number is wrong: the derivative program itself, or the rounding of one of its equations. */
const lossOf = async <Error>(
  engine: Engine<Error>,
  q: Quantity,
  worst: Measured,
  format: FloatFormat,
  digits: number,
  program: Closed,
  advise: Adviser,
): Promise<E.Either<Error, BitLoss>> => {
  const x = worst.run.inputs(worst.at.x)
  const ownExact: Exactly | undefined = exactly(
    { ...q.closed, outputs: [nth(q.closed.outputs, worst.target.output)] },
    x,
    digits,
  )
  const own = ownExact?.numbers[worst.target.element]?.v
  const gap = own === undefined ? 0 : relativeError(worst.exact, own.toNumber(), 53) * 2 ** (format.bits - 53)
  const error = relativeError(worst.exact, worst.computed, format.bits)
  if (
    q.name !== 'value' &&
    gap > roundedConstants * 2 ** (format.bits - 53) &&
    gap > ownShare * Math.min(error, Number.MAX_VALUE)
  )
    return E.right(wrongDerivative(program, worst, own, digits))
  const { closed, numbers } = everyValue(q.closed)
  const results = await engine.run(closed, [x])()
  if (E.isLeft(results)) return results
  const outs = nth(results.right, 0).outs
  const values = typesOf(closed).map((_, k) => (numbers.includes(k) ? outs[numbers.indexOf(k)] : undefined))
  const loss = lossAt(q.closed, x, worst.target, values, format, digits, ownExact?.working ?? digits, advise)
  const advice = loss.advice ?? advise(program)
  return E.right(advice === undefined ? loss : { ...loss, advice })
}
const rowsOf = async <Error>(
  engine: Engine<Error>,
  p: UntypedProgram,
  quantities: readonly Quantity[],
  points: readonly ExactPoint[],
  coordinates: readonly Coordinate[],
  digits: number,
  advise: Adviser,
): Promise<E.Either<Error, { readonly rows: readonly AccuracyRow[]; readonly beyond: number }>> => {
  const rows: AccuracyRow[] = []
  let beyond = 0
  for (const q of quantities) {
    const measured: Measured[] = []
    let format: FloatFormat | undefined
    for (const run of q.runs) {
      const results = await engine.run(
        q.closed,
        points.map(({ x }) => run.inputs(x)),
      )()
      if (E.isLeft(results)) return results
      format = results.right[0]?.format
      const kept = points.flatMap((at, k) =>
        format === float32 && !isSingle(at.x) ? [] : [[at, nth(results.right, k)] as const],
      )
      beyond = Math.max(beyond, points.length - kept.length)
      measured.push(
        ...measure(
          q,
          run,
          kept.map(([at]) => at),
          kept.map(([, r]) => r),
          coordinates,
        ),
      )
    }
    if (format === undefined) continue
    const { bits, name } = format
    for (const leaf of new Set(q.runs.flatMap((r) => r.targets.map((t) => t.leaf)))) {
      const here = measured.filter((m) => m.target.leaf === leaf)
      const [first, ...rest] = here
      if (first === undefined) continue
      const worst = rest.reduce((a, b) => (b.bits < a.bits ? b : a), first)
      const loss =
        worst.bits >= bits - told ? undefined : await lossOf(engine, q, worst, format, digits, p.closed, advise)
      if (loss !== undefined && E.isLeft(loss)) return loss
      rows.push({
        backend: engine.name,
        format: name,
        of: bits,
        quantity: q.name,
        leaf,
        compared: here.length,
        right: here.filter((m) => m.bits >= bits - spare).length,
        median: median(here.map((m) => m.bits)),
        worst: {
          exact: worst.exact.toSignificantDigits(digits).toString(),
          computed: worst.computed,
          bits: worst.bits,
          element: worst.target.coordinate?.element ?? worst.target.element,
          point: worst.at.x.map((values, i) => ({ name: p.closed.inputs[i]?.name ?? '', values: [...values] })),
        },
        loss: loss?.right,
      })
    }
  }
  return E.right({ rows, beyond })
}

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
export const checkAccuracy =
  <In, Out, C = never, R = never>(
    program: Program<In, Out>,
    options: AccuracyOptions<In, C, R> = {},
  ): TE.TaskEither<Diagnostics | C | R, AccuracyReport> =>
  async () => {
    const p: UntypedProgram = program
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
      program,
    })
  }
