/** One back end: its numbers beside the exact ones, and why the worst are wrong. */
import type { Decimal } from 'decimal.js'
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, typesOf } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal } from '../../../lang/syntax/shape.ts'
import { formulaOf } from '../nonFinite/formula.ts'
import type { Adviser } from './advice.ts'
import { lossAt } from './bitLoss.ts'
import { bitsRight, type FloatFormat, float32, relativeError } from './bits.ts'
import type { Computed, Engine } from './engine.ts'
import { type Exact, exactly } from './exact.ts'
import type { ExactPoint } from './exactPoint.ts'
import { isSingle } from './points.ts'
import { type Coordinate, flattened, type Quantity, type QuantityRun } from './quantities.ts'
import type { AccuracyRow, BitLoss } from './report.ts'
import { wrongRuleIn } from './rules.ts'

/** The exact number of a target; undefined where it has none. */
const exactAt = (
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
      const exact = exactAt(q, p, target, coordinates, i)
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
  const ownExact = exactly({ ...q.closed, outputs: [nth(q.closed.outputs, worst.target.output)] }, x, digits)
  const own = ownExact?.numbers[worst.target.element]?.v
  const gap = own === undefined ? 0 : relativeError(worst.exact, own.toNumber(), 53) * 2 ** (format.bits - 53)
  const error = relativeError(worst.exact, worst.computed, format.bits)
  if (
    q.name !== 'value' &&
    gap > roundedConstants * 2 ** (format.bits - 53) &&
    gap > ownShare * Math.min(error, Number.MAX_VALUE)
  )
    return E.right(wrongDerivative(program, worst, own, digits))
  const flat = flattened(q.closed)
  const { closed, numbers } = everyValue(flat)
  const results = await engine.run(closed, [x])()
  if (E.isLeft(results)) return results
  const outs = nth(results.right, 0).outs
  const values = typesOf(closed).map((_, k) => (numbers.includes(k) ? outs[numbers.indexOf(k)] : undefined))
  const loss = lossAt(flat, x, worst.target, values, format, digits, ownExact?.working ?? digits, advise)
  const advice = loss.advice ?? advise(program)
  return E.right(advice === undefined ? loss : { ...loss, advice })
}
/** The rows of a back end, and how many points it was not given. */
export const rowsOf = async <Error>(
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
