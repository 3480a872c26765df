/**
 * Where a number loses its bits. Every value of the program is computed by the back end and exactly. From the output the
 * search follows the arguments whose errors count most, as the derivative of each equation says; the equation where the
 * error grows most is to blame. Then its operands and its condition number say why.
 */
import type { Decimal } from 'decimal.js'
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, type Equation, inTypes, isClosed, typesOf } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isReal, sameShape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { vjp } from '../../transform/vjp.ts'
import { formulaOf } from '../nonFinite/formula.ts'
import type { Point } from '../point.ts'
import { programOf, subprogramOf } from '../suspect.ts'
import type { Adviser } from './advice.ts'
import { bitsRight, type FloatFormat, relativeError, smallest } from './bits.ts'
import { type Decimals, decimals } from './decimals.ts'
import { evaluateJets, type Jets, jetsOf, traceJets } from './evaluate.ts'
import { operations } from './exact.ts'
import type { Jet } from './jet.ts'
import type { Target } from './quantities.ts'
import type { BitLoss, BitLossCause, Compared } from './report.ts'

/** Every real value of a program, as the back end computed it; undefined for other values. */
type ComputedValues = readonly (ArrayLike<number> | undefined)[]
interface Traced {
  readonly D: Decimals
  readonly p: Closed
  readonly types: readonly Type[]
  readonly exact: readonly Jets[]
  readonly computed: ComputedValues
  readonly format: FloatFormat
  readonly digits: number
}
/** The arithmetic of one program passed the limit before: its parts and their derivatives may take more. */
const plenty = 100 * operations
/** An element of a value. */
interface Place {
  readonly value: number
  readonly element: number
}
/**
 * A step of the search: an element of an equation's result and its relative error; the elements of the arguments whose
 * errors count most, and the relative error of the one that counts most of all; the condition number.
 */
interface Step extends Place {
  readonly equation: number
  readonly error: number
  readonly args: readonly Place[]
  readonly before: number
  readonly condition: number
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
const rounded = (x: Jets): Float64Array =>
  Float64Array.from(Array.from(x), (j) => (typeof j === 'number' ? j : j.v.toNumber()))

/**
 * By how much every element of the arguments contributes to an element of an equation's result, over the size of that:
 * |x dy/dx / y|. Computed exactly, since an intermediate value may be outside float64. Undefined without a derivative.
 */
const sharesOf = (
  t: Traced,
  q: Equation,
  { value, element }: Place,
): readonly (readonly [arg: number, shares: readonly number[]])[] | undefined => {
  const part = subprogramOf(t.p, [q])
  const pull = vjp(programOf({ ...part.closed, outputs: [nth(part.closed.outputs, value - q.first)] }))
  if (E.isLeft(pull)) return undefined
  const type = nth(t.types, value)
  const seed = jetsOf(t.D, type, new Float64Array(sizeOf(type.shape)).fill(1, element, element + 1))
  const inputs = part.inputs.map((k) => nth(t.exact, k))
  const slopes = evaluateJets(t.D, pull.right.closed, [...inputs, seed], { left: plenty }).slice(1)
  const size = exactAt(t, { value, element })?.abs()
  const scale = size === undefined || size.isZero() ? new t.D(1) : size
  const share = (slope: Jet | number | undefined, x: Jet | number): number => {
    const product = typeof x === 'object' && typeof slope === 'object' ? slope.v.times(x.v).abs() : scale
    return product.isNaN() || product.isZero() ? 0 : product.div(scale).toNumber()
  }
  return part.inputs
    .filter((k) => isReal(nth(t.types, k)))
    .map((k, i) => [k, Array.from(nth(t.exact, k), (x, e) => share(slopes[i]?.[e], x))] as const)
}
/** The element with the largest of these numbers. */
const largestOf = (value: number, sizes: readonly number[]): Place => ({
  value,
  element: sizes.reduce((best, x, e) => (x > (sizes[best] ?? 0) ? e : best), 0),
})
/** The places in the arguments of an equation: by what their errors contribute, else by what they contribute. */
const placesIn = (t: Traced, q: Equation, at: Place): Pick<Step, 'args' | 'before' | 'condition'> => {
  const found =
    sharesOf(t, q, at) ??
    q.args.filter((a) => isReal(nth(t.types, a))).map((a) => [a, Array.from(nth(t.exact, a), () => 1)] as const)
  const weighed = found.map(([a, shares]) => {
    const errors = shares.map((s, element) => (s === 0 ? 0 : s * errorAt(t, { value: a, element })))
    const place = largestOf(a, errors.some((e) => e > 0) ? errors : shares)
    return { place, error: nth(errors, place.element), share: shares.reduce((m, s) => m + s, 0) }
  })
  // the argument whose error counts most comes first
  const sorted = [...weighed].sort((a, b) => b.error - a.error)
  const [first] = sorted
  return {
    args: sorted.map((w) => w.place),
    before: first === undefined || first.error === 0 ? 0 : errorAt(t, first.place),
    condition: Math.max(0, ...weighed.map((w) => w.share)),
  }
}
const stepAt = (t: Traced, place: Place): Step | undefined => {
  const equation = t.p.equations.findIndex((q) => q.first <= place.value && place.value < q.first + q.outs.length)
  const q = t.p.equations[equation]
  return q && { ...place, equation, error: errorAt(t, place), ...placesIn(t, q, place) }
}
/** From an output back to the inputs, along the errors that count most. */
const pathFrom = (t: Traced, from: Place): readonly Step[] => {
  const path: Step[] = []
  for (let step = stepAt(t, from); step !== undefined; ) {
    path.push(step)
    const [next] = step.args
    step = step.before > 0 && next !== undefined ? stepAt(t, next) : undefined
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

/** The error of the equation itself, on the numbers that the back end gave it. */
const ownError = (t: Traced, step: Step): number => {
  const D = decimals(t.digits + 20)
  const q = nth(t.p.equations, step.equation),
    part = subprogramOf(t.p, [q])
  const inputs = inTypes(part.closed).map((type, i) => {
    const k = nth(part.inputs, i)
    return jetsOf(D, type, t.computed[k] ?? rounded(nth(t.exact, k)))
  })
  const outs = evaluateJets(D, part.closed, inputs, { left: plenty })
  const x = outs[step.value - q.first]?.[step.element],
    found = t.computed[step.value]?.[step.element]
  return typeof x === 'object' && found !== undefined ? relativeError(x.v, found, t.format.bits) : 0
}
const periodic: ReadonlySet<string> = new Set(['sin', 'cos', 'tan'])
/** Functions that subtract: their result may be much smaller than what they read, or than its distance from 0. */
const subtracting: ReadonlySet<string> = new Set(['add', 'sub', 'log', 'acosh', 'acos', 'rem'])
/** Many turns of an angle. */
const manyTurns = 32

const causeOf = (t: Traced, step: Step): BitLossCause => {
  const { op } = nth(t.p.equations, step.equation)
  const exact = exactAt(t, step),
    found = t.computed[step.value]?.[step.element] ?? 0
  const size = exact?.abs()
  if (size?.isFinite() && Number.isNaN(found)) return 'invalid'
  if (size?.isFinite() && !Number.isFinite(found)) return 'overflow'
  if (size && !size.isZero() && size.lt(smallest(t.format))) return 'underflow'
  if (growth(step) < 8 || hasBody(nth(t.p.equations, step.equation))) return 'rounding'
  const subtracts = subtracting.has(op) || step.args.some((a) => isReduced(t, a, step))
  if (ownError(t, step) > step.error / 2) return subtracts ? 'cancellation' : 'inaccurate function'
  const arg = step.args[0] && exactAt(t, step.args[0])
  if (periodic.has(op) && arg?.abs().gt(manyTurns)) return 'argument rounded'
  return subtracts ? 'cancellation' : 'ill-conditioned'
}
/** Whether an equation is a loop or a branch: its own equations are not searched. */
const hasBody = (q: Equation): boolean => Object.values(q.attrs).some(isClosed)
/** Whether a result has another shape than an argument: many of its elements may be added. */
const isReduced = (t: Traced, a: Place, to: Place): boolean =>
  !sameShape(nth(t.types, a.value).shape, nth(t.types, to.value).shape)

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
): BitLoss => {
  const D = decimals(working)
  const exact = traceJets(
    D,
    p,
    inTypes(p).map((type, i) => jetsOf(D, type, nth(x, i))),
    { left: plenty },
  )
  const t: Traced = { D, p, types: typesOf(p), exact, computed, format, digits }
  const path = pathFrom(t, { value: nth(p.outputs, output), element })
  const [first, ...rest] = path
  if (first === undefined) return { cause: 'rounding', args: [] }
  // of equal growths the one nearest to the inputs
  const step = rest.reduce((a, b) => (growth(b) >= growth(a) ? b : a), first)
  const q = nth(p.equations, step.equation)
  const { condition } = step
  const formula = formulaOf(p, { equation: step.equation, out: step.value - q.first })
  const result = compared(t, step)
  const advice = advise(p, q)
  return {
    cause: causeOf(t, step),
    equation: step.equation,
    op: q.op,
    ...(formula === undefined ? {} : { formula }),
    args: step.args.flatMap((a) => compared(t, a) ?? []),
    ...(result === undefined ? {} : { result }),
    ...(Number.isFinite(condition) && { condition }),
    ...(advice === undefined ? {} : { advice }),
  }
}
