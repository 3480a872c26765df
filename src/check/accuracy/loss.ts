/**
 * Where a number loses its bits. Every value of the program is computed by the back end and exactly. From the output the
 * search follows the arguments with the largest errors; the equation where the error grows most is to blame. Then its
 * operands and its condition number say why.
 */
import type { Decimal } from 'decimal.js'
import { type Closed, type Equation, inTypes, typesOf } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isReal, sameShape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { formulaOf } from '../nonFinite/formula.ts'
import type { Point } from '../point.ts'
import { subprogramOf } from '../suspect.ts'
import type { Adviser } from './advice.ts'
import { bitsRight, type FloatFormat, largest, relativeError, smallest } from './bits.ts'
import { decimals } from './decimals.ts'
import { evaluateJets, type Jets, jetsOf, traceJets } from './evaluate.ts'
import { operations } from './exact.ts'
import type { Target } from './quantities.ts'
import type { Compared, Loss, LossCause } from './report.ts'

/** Every real value of a program, as the back end computed it; undefined for other values. */
export type ComputedValues = readonly (ArrayLike<number> | undefined)[]
interface Traced {
  readonly p: Closed
  readonly types: readonly Type[]
  readonly exact: readonly Jets[]
  readonly computed: ComputedValues
  readonly format: FloatFormat
  readonly digits: number
}
/** An element of a value. */
interface Place {
  readonly value: number
  readonly element: number
}
/** A step of the search: an element of an equation's result, its error, and the elements of the arguments that it reads. */
interface Step extends Place {
  readonly equation: number
  readonly error: number
  readonly args: readonly Place[]
  readonly before: number
}

const exactAt = (t: Traced, { value, element }: Place): Decimal | undefined => {
  const x = nth(t.exact, value)[element]
  return typeof x === 'number' ? undefined : x?.v
}
const errorAt = (t: Traced, at: Place): number => {
  const exact = exactAt(t, at),
    computed = t.computed[at.value]?.[at.element]
  return exact === undefined || computed === undefined ? 0 : relativeError(exact, computed, t.format.bits)
}
/** The element of an argument that a result reads: at the same index, else the one with the largest error. */
const readBy = (t: Traced, result: Type, value: number, element: number): Place => {
  const { shape } = nth(t.types, value)
  if (sameShape(shape, result.shape)) return { value, element }
  let worst: Place = { value, element: 0 }
  for (let e = 1; e < sizeOf(shape); e++)
    if (errorAt(t, { value, element: e }) > errorAt(t, worst)) worst = { value, element: e }
  return worst
}
/** The arguments that a result depends on: of a choice, the one that is taken. */
const readers = (t: Traced, q: Equation, element: number): readonly number[] => {
  if (q.op !== 'select') return q.args
  const [c = 0, x = 0, y = 0] = q.args
  return [nth(t.exact, c)[element] !== 0 ? x : y]
}
const stepAt = (t: Traced, { value, element }: Place): Step | undefined => {
  const equation = t.p.equations.findIndex((q) => q.first <= value && value < q.first + q.outs.length)
  const q = t.p.equations[equation]
  if (q === undefined) return undefined
  const args = readers(t, q, element).map((a) => readBy(t, nth(t.types, value), a, element))
  const before = Math.max(0, ...args.map((a) => errorAt(t, a)))
  return { value, element, equation, error: errorAt(t, { value, element }), args, before }
}
/** From an output back to the inputs, along the largest errors. */
const pathFrom = (t: Traced, from: Place): readonly Step[] => {
  const path: Step[] = []
  for (let step = stepAt(t, from); step !== undefined; ) {
    path.push(step)
    const { args, before } = step
    const next = before > 0 ? args.find((a) => errorAt(t, a) === before) : undefined
    step = next && stepAt(t, next)
  }
  return path
}
const unlimited = 2 ** 1000
/** By how much the error grows at a step. An argument is counted as wrong by a unit in its last place at least. */
const growth = ({ error, before }: Step): number =>
  Math.min(error, unlimited) / Math.max(1, Math.min(before, unlimited))

const compared = (t: Traced, at: Place): Compared | undefined => {
  const exact = exactAt(t, at),
    computed = t.computed[at.value]?.[at.element]
  return exact === undefined || computed === undefined
    ? undefined
    : { exact: exact.toSignificantDigits(t.digits).toString(), computed, bits: bitsRight(exact, computed, t.format) }
}

/** The equation alone on the numbers that the back end gave it: its own result, and its condition numbers. */
const alone = (t: Traced, step: Step): { readonly own: number; readonly condition: number } => {
  const D = decimals(t.digits + 20)
  const part = subprogramOf(t.p, [nth(t.p.equations, step.equation)])
  const types = inTypes(part.closed)
  const values = part.inputs.map((k) => t.computed[k] ?? (Array.from(nth(t.exact, k)) as number[]))
  const resultOf = (moved?: number): Decimal | undefined => {
    const inputs = types.map((type, i) => jetsOf(D, type, nth(values, i), i === moved ? nth(values, i) : undefined))
    const out = evaluateJets(D, part.closed, inputs, { left: operations })[
      step.value - nth(t.p.equations, step.equation).first
    ]
    const x = out?.[step.element]
    return typeof x === 'number' || x === undefined ? undefined : moved === undefined ? x.v : x.a?.div(x.v)
  }
  const right = resultOf(),
    found = t.computed[step.value]?.[step.element]
  const conditions = types.map((type, i) => (isReal(type) ? Math.abs(resultOf(i)?.toNumber() ?? 0) : 0))
  return {
    own: right === undefined || found === undefined ? 0 : relativeError(right, found, t.format.bits),
    condition: Math.max(0, ...conditions.filter((c) => !Number.isNaN(c))),
  }
}
const periodic: ReadonlySet<string> = new Set(['sin', 'cos', 'tan'])
/** Functions that subtract: their result may be much smaller than what they read, or than its distance from 0. */
const subtracting: ReadonlySet<string> = new Set(['add', 'sub', 'log', 'acosh', 'acos', 'rem'])
/** Many turns of an angle. */
const manyTurns = 32

const causeOf = (t: Traced, step: Step, own: number, condition: number): LossCause => {
  const { op } = nth(t.p.equations, step.equation)
  const exact = exactAt(t, step),
    found = t.computed[step.value]?.[step.element] ?? 0
  const size = exact?.abs()
  if (size?.isFinite() && Number.isNaN(found)) return 'invalid'
  if (size?.isFinite() && !Number.isFinite(found))
    return size.gt(largest(t.format)) || step.before < unlimited ? 'overflow' : 'invalid'
  if (size && !size.isZero() && size.lt(smallest(t.format))) return 'underflow'
  if (growth(step) < 8) return 'rounding'
  const arg = step.args[0] && exactAt(t, step.args[0])
  const pointwise = step.args.every((a) => sameShape(nth(t.types, a.value).shape, nth(t.types, step.value).shape))
  if (own > step.error / 2 || condition < 2) return pointwise && own > 4 ? 'inaccurate function' : 'cancellation'
  if (periodic.has(op) && arg?.abs().gt(manyTurns)) return 'argument rounded'
  return subtracting.has(op) || !pointwise ? 'cancellation' : 'ill-conditioned'
}

/** Where one number of an output loses its bits. `working`: the digits with which the program settles. */
export const lossAt = (
  p: Closed,
  x: Point,
  { output, element }: Target,
  computed: ComputedValues,
  format: FloatFormat,
  digits: number,
  working: number,
  advise: Adviser,
): Loss => {
  const D = decimals(working)
  const exact = traceJets(
    D,
    p,
    inTypes(p).map((type, i) => jetsOf(D, type, nth(x, i))),
    { left: operations },
  )
  const t: Traced = { p, types: typesOf(p), exact, computed, format, digits }
  const path = pathFrom(t, { value: nth(p.outputs, output), element })
  const [first, ...rest] = path
  if (first === undefined) return { cause: 'rounding', args: [] }
  // of equal growths the one nearest to the inputs
  const step = rest.reduce((a, b) => (growth(b) >= growth(a) ? b : a), first)
  const q = nth(p.equations, step.equation)
  const { own, condition } = alone(t, step)
  const formula = formulaOf(p, { equation: step.equation, out: step.value - q.first })
  const result = compared(t, step)
  const advice = advise(p, q)
  return {
    cause: causeOf(t, step, own, condition),
    equation: step.equation,
    op: q.op,
    ...(formula === undefined ? {} : { formula }),
    args: step.args.flatMap((a) => compared(t, a) ?? []),
    ...(result === undefined ? {} : { result }),
    ...(Number.isFinite(condition) && { condition }),
    ...(advice === undefined ? {} : { advice }),
  }
}
