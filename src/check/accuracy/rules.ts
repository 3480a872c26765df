/**
 * Derivative programs in exact arithmetic, where nothing is rounded: they must give the derivative to the last digits.
 * What remains are the constants of rules, which are rounded to float64.
 */
import type { Decimal } from 'decimal.js'
import { trace } from '../../../lang/evaluate.ts'
import { at, type Closed, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isReal, sizeOf } from '../../../lang/syntax/shape.ts'
import { randomKey } from '../../random/key.ts'
import { jvp } from '../../transform/jvp.ts'
import { elementOf } from '../nonFinite/culprit.ts'
import { direction, type Point, realOnly } from '../point.ts'
import type { CheckName } from '../report.ts'
import type { JudgedCheck } from '../sample.ts'
import { programOf, subprogramOf } from '../suspect.ts'
import { type Exact, exactly } from './exact.ts'
import { along, type Coordinate, coordinatesOf, type Quantity, quantitiesOf, totalOf } from './quantities.ts'

/** Digits of the exact numbers, and the relative error that rounded constants may leave. */
const digits = 25
const tolerance = 1e-12

const isKnown = (y: Exact): y is Decimal => y?.isFinite() === true
/** A derivative by a coordinate, and what its program gives. */
interface Pair {
  readonly exact: Decimal
  readonly program: Decimal
  readonly by: Coordinate
}
/** Those without an exact value are left out. */
const pairsOf = (p: Closed, x: Point, q: Quantity): readonly Pair[] => {
  const total = totalOf(p),
    types = inTypes(p),
    sizes = outTypes(q.closed).map((t) => sizeOf(t.shape))
  const firstOf = (output: number): number => sizes.slice(0, output).reduce((a, b) => a + b, 0)
  return q.runs.flatMap((run) => {
    const own = exactly(q.closed, run.inputs(x), digits)?.numbers ?? []
    return run.targets.flatMap(({ output, element, coordinate: by }) => {
      const program = own[firstOf(output) + element]?.v
      const v = by && along(types, by)
      const jet = v && exactly(total, x, digits, { a: v, b: v })?.numbers[0]
      const exact = q.name === 'gradient' ? jet?.a : jet?.c
      return by !== undefined && isKnown(exact) && isKnown(program) ? [{ exact, program, by }] : []
    })
  })
}
const checkOf = (name: CheckName, p: Closed, pairs: readonly Pair[]): readonly JudgedCheck[] => {
  const gapOf = ({ exact, program }: Pair): number => exact.minus(program).abs().toNumber()
  const size = pairs.reduce((m, { exact }) => Math.max(m, exact.abs().toNumber()), Number.MIN_VALUE)
  const [first, ...rest] = pairs
  if (first === undefined) return []
  const worst = rest.reduce((a, b) => (gapOf(b) > gapOf(a) ? b : a), first)
  const { input, element } = worst.by
  const error = gapOf(worst) / size
  const passed = error <= tolerance
  const place = {
    leaf: nth(p.inputs, input).name,
    index: elementOf(element, nth(inTypes(p), input)),
    element,
    analytic: worst.program.toNumber(),
    numeric: worst.exact.toNumber(),
    bar: tolerance * size,
    step: 0,
  }
  return [{ check: { name, passed, error, resolution: tolerance, worst: place }, ruling: passed ? 'right' : 'wrong' }]
}
/**
 * The gradient, and the diagonal of the second derivative, to the last digits; at most `most` coordinates. Derivatives
 * are those of the sum of all outputs.
 */
export const exactChecks = (p: Closed, x: Point, most: number, second: boolean): readonly JudgedCheck[] => {
  const names: { readonly [Q in Quantity['name']]?: CheckName } = {
    gradient: 'exact',
    ...(second && { 'second derivative': 'second exact' }),
  }
  return quantitiesOf(programOf(p), coordinatesOf(p, most)).flatMap((q) => {
    const name = names[q.name]
    return name === undefined ? [] : checkOf(name, p, pairsOf(p, x, q))
  })
}

/** The first equation whose own rule is wrong at the values that it has there: its number. */
export const wrongRuleIn = (p: Closed, x: Point): number | undefined => {
  const values = trace(p, x)
  const found = p.equations.findIndex((q) => {
    const part = subprogramOf(p, [q]),
      types = inTypes(part.closed),
      here = at(values, part.inputs)
    const v = direction(randomKey(1), realOnly(types, types))
    let next = 0
    const a = types.map((t) => (isReal(t) ? nth(v, next++) : []))
    const jets = exactly(part.closed, here, digits, { a, b: [] })?.numbers ?? []
    const whole = jvp(programOf(part.closed)).closed
    const tangents = { ...whole, outputs: whole.outputs.slice(part.closed.outputs.length) }
    const program = exactly(tangents, [...here, ...v], digits)?.numbers ?? []
    return jets.some(({ a: right }, k) => {
      const claimed = program[k]?.v
      return isKnown(right) && isKnown(claimed) && right.minus(claimed).abs().gt(right.abs().times(tolerance))
    })
  })
  return found < 0 ? undefined : found
}
