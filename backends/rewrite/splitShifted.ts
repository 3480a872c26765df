/**
 * Sums over operands that are shifted against one another, as in the gradient of a convolution with respect to its image.
 * As a matrix product, one operand would be mostly zeros, for shifts that point outside. Instead, every pair is multiplied
 * once, and the products are added at their positions:
 *
 *   out[h] = sum_{u, v} [0 <= e < n] P[u, v] Q[u, e]        e = h - s v + o
 *          = sum_v [0 <= e < n] T[v, e]                     T[v, r] = sum_u P[u, v] Q[u, r]
 */

import { fn, type Index, load, num, type Reduce, type Scalar } from '../../lang/kernel/index.ts'
import { type Bound, boundsOf, solved } from './bounds.ts'
import { type ProductSum, productSumIn } from './contraction.ts'
import { mentions, replaced } from './scalars.ts'
import { simplified } from './shortestIndices.ts'
import type { Split } from './splitLong.ts'
import { substitute } from './substitute.ts'

/** An axis, a summed index, and the position that they address together. */
interface Shift {
  readonly axis: Index
  readonly summed: Index
  readonly at: Scalar
  /** The valid positions: 0, 1, ... */
  readonly reach: Index
  /** The axis in terms of the summed index and the position. */
  readonly value: Scalar
}
const most = 1 << 24
const product = (is: readonly Index[]): number => is.reduce((n, i) => n * i.size, 1)

/** The shifts that the tests bound; undefined if a test is of another kind. */
const shiftsIn = (axes: readonly Index[], { summed, tests }: ProductSum): readonly Shift[] | undefined => {
  const { bounds, all } = boundsOf(tests)
  const axisOf = (b: Bound): Index | undefined => axes.find((i) => b.form.terms.get(i) === 1)
  const { by, back } = solved(bounds, axisOf)
  const positions = [...back]
  const shifts = bounds.map((b, k): Shift | undefined => {
    const [axis, v] = [axisOf(b), summed.find((i) => (b.form.terms.get(i) ?? 0) < 0)]
    const [reach] = positions[k] ?? []
    const value = axis && by.get(axis)
    if (!axis || !v || !reach || !value || b.form.terms.size !== 2) return undefined
    return { axis, summed: v, at: b.at, reach, value }
  })
  const found = shifts.filter((s) => s !== undefined)
  const distinct = new Set(found.flatMap((s) => [s.axis, s.summed]))
  return all && found.length === bounds.length && distinct.size === 2 * found.length ? found : undefined
}
const sumOver = (is: readonly Index[], body: Scalar): Scalar =>
  is.reduceRight<Scalar>((b, i): Reduce => ({ _tag: 'Reduce', dtype: 'real', by: 'add', index: i, body: b }), body)

/**
 * Splits off the products of the pairs, if the direct sum has at least `gain` times as many products and each pair is a sum
 * long enough for a kernel. Law: part and body together mean the body.
 */
export const splitShifted = (
  axes: readonly Index[],
  body: Scalar,
  sources: number,
  gain: number,
): Split | undefined => {
  const found = productSumIn(body)
  const shifts = found && shiftsIn(axes, found)
  if (found === undefined || shifts === undefined || shifts.length === 0) return undefined
  const common = found.summed.filter((i) => !shifts.some((s) => s.summed === i))
  const ratio = shifts.reduce((r, s) => (r * s.axis.size) / s.reach.size, 1)
  if (ratio < gain || product(common) < 16) return undefined
  for (const [fixed, shifted] of [found.factors, [found.factors[1], found.factors[0]] as const]) {
    const unshifted = simplified(substitute(shifted, new Map(shifts.map((s) => [s.axis, s.value]))))
    if (shifts.some((s) => mentions(fixed, s.axis) || mentions(unshifted, s.summed))) continue
    const rest = axes.filter((i) => !shifts.some((s) => s.axis === i))
    const [rows, columns] = [rest.filter((i) => mentions(fixed, i)), rest.filter((i) => !mentions(fixed, i))]
    const [vs, rs] = [shifts.map((s) => s.summed), shifts.map((s) => s.reach)]
    const all = [...rows, ...vs, ...columns, ...rs]
    if (product(all) > most) return undefined
    const at = load(sources, [...rows, ...vs, ...columns, ...shifts.map((s) => s.at)], 'real')
    const within = found.tests.reduce((a, b) => fn('and', a, b))
    const whole = sumOver(vs, fn('select', within, at, num(0)))
    return {
      axes: all,
      part: sumOver(common, fn('mul', fixed, unshifted)),
      body: replaced(body, new Map([[found.sum, whole]])),
    }
  }
  return undefined
}
