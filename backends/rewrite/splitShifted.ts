/**
 * Sums over operands that are shifted against one another, as in the gradient of a convolution with respect to its image.
 * As a matrix product, one operand would be mostly zeros, for shifts that point outside. Instead, every pair is multiplied
 * once, and the products are added at their positions:
 *
 *   out[h] = sum_{u, v} [0 <= e < n] P[u, v] Q[u, e]        e = h - s v + o
 *          = sum_v [0 <= e < n] T[v, e]                     T[v, r] = sum_u P[u, v] Q[u, r]
 *
 * With a stride, the position in P is bounded by tests too: v = m + s k, where m and k are an axis and a summed index.
 */

import { fn, type Index, load, num, type Reduce, type Scalar } from '../../lang/kernel/index.ts'
import { type Bound, boundsOf, solved } from './bounds.ts'
import { type ProductSum, productSumIn } from './contraction.ts'
import { isIndex } from './linear.ts'
import { mentions, replaced } from './scalars.ts'
import { simplified } from './shortestIndices.ts'
import type { Split } from './splitLong.ts'
import { substitute } from './substitute.ts'

/** A position that tests bound, and the axis that it takes the place of. */
interface Position {
  readonly axis: Index
  readonly bound: Bound
  /** The valid positions: 0, 1, ... */
  readonly reach: Index
  /** The axis in terms of the other indices and of the position. */
  readonly value: Scalar
}
const most = 1 << 24
const product = (is: readonly Index[]): number => is.reduce((n, i) => n * i.size, 1)
const mentionedBy = ({ form }: Bound, i: Index): boolean => [...form.terms.keys()].some((t) => mentions(t, i))

/** A different axis for each bound; bounds with the fewest candidates choose first. */
const chosenAxes = (axes: readonly Index[], bounds: readonly Bound[]): ReadonlyMap<Bound, Index> => {
  const candidates = (b: Bound): readonly Index[] =>
    [...b.form.terms].flatMap(([t, c]) => (isIndex(t) && axes.includes(t) && Math.abs(c) === 1 ? [t] : []))
  const chosen = new Map<Bound, Index>()
  for (const b of [...bounds].sort((a, c) => candidates(a).length - candidates(c).length)) {
    const axis = candidates(b).find((i) => ![...chosen.values()].includes(i))
    if (axis) chosen.set(b, axis)
  }
  return chosen
}
/** The positions that the tests bound, in an order of substitution; undefined if a test is of another kind. */
const positionsIn = (axes: readonly Index[], { tests }: ProductSum): readonly Position[] | undefined => {
  const { bounds, all } = boundsOf(tests)
  const axisOf = chosenAxes(axes, bounds)
  const { by, back } = solved(bounds, (b) => axisOf.get(b))
  const reaches = [...back.keys()]
  const found = bounds.flatMap((bound, k): readonly Position[] => {
    const [axis, reach] = [axisOf.get(bound), reaches[k]]
    const value = axis && by.get(axis)
    return axis && reach && value ? [{ axis, bound, reach, value }] : []
  })
  return all && found.length === bounds.length ? inOrder(found) : undefined
}
/** An axis is replaced before those that its position mentions; undefined if that is impossible. */
const inOrder = (ps: readonly Position[]): readonly Position[] | undefined => {
  if (ps.length === 0) return []
  const first = ps.find((p) => ps.every((other) => other === p || !mentionedBy(other.bound, p.axis)))
  const rest = first && inOrder(ps.filter((p) => p !== first))
  return first && rest && [first, ...rest]
}
const sumOver = (is: readonly Index[], body: Scalar): Scalar =>
  is.reduceRight<Scalar>((b, i): Reduce => ({ _tag: 'Reduce', dtype: 'real', by: 'add', index: i, body: b }), body)

/** A factor at given positions, and the indices that it has of its own. */
interface Side {
  readonly factor: Scalar
  readonly taps: readonly Index[]
  readonly at: readonly Position[]
}
const sideOf = (factor: Scalar, positions: readonly Position[], taps: readonly Index[]): Side => {
  const placed = positions.reduce((s, p) => simplified(substitute(s, new Map([[p.axis, p.value]]))), factor)
  return {
    factor: placed,
    taps: taps.filter((i) => mentions(placed, i)),
    at: positions.filter((p) => mentions(placed, p.reach)),
  }
}
/** Whether the products of two sides do not depend on where they are added. */
const areApart = (fixed: Side, shifted: Side, positions: readonly Position[]): boolean => {
  const one = (xs: readonly unknown[], ys: readonly unknown[]): boolean => !xs.some((x) => ys.includes(x))
  const moves = ({ bound }: Position): boolean => [...bound.form.terms.values()].some((c) => c < 0)
  const isFree = ({ factor }: Side): boolean => !positions.some((p) => mentions(factor, p.axis))
  return (
    isFree(fixed) &&
    isFree(shifted) &&
    shifted.taps.length === 0 &&
    one(fixed.at, shifted.at) &&
    shifted.at.length > 0 &&
    shifted.at.every(moves)
  )
}

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
  const positions = found && positionsIn(axes, found)
  if (found === undefined || positions === undefined || positions.length === 0) return undefined
  const taps = found.summed.filter((i) => positions.some((p) => mentionedBy(p.bound, i)))
  const common = found.summed.filter((i) => !taps.includes(i))
  if (product(common) < 16) return undefined
  const sides = found.factors.map((x) => sideOf(x, positions, taps)) as [Side, Side]
  for (const [fixed, shifted] of [sides, [sides[1], sides[0]] as const]) {
    if (!areApart(fixed, shifted, positions)) continue
    const rest = axes.filter((i) => !positions.some((p) => p.axis === i))
    const [rows, columns] = [
      rest.filter((i) => mentions(fixed.factor, i)),
      rest.filter((i) => !mentions(fixed.factor, i)),
    ]
    const reaches = (s: Side): readonly Index[] => s.at.map((p) => p.reach)
    const all = [...rows, ...fixed.taps, ...reaches(fixed), ...columns, ...reaches(shifted)]
    if (product(all) > most || product([...axes, ...taps]) < gain * product(all)) return undefined
    const at = (s: Side): readonly Scalar[] => s.at.map((p) => p.bound.at)
    const pair = load(sources, [...rows, ...fixed.taps, ...at(fixed), ...columns, ...at(shifted)], 'real')
    const within = found.tests.reduce((a, b) => fn('and', a, b))
    return {
      axes: all,
      part: sumOver(common, fn('mul', fixed.factor, shifted.factor)),
      body: replaced(body, new Map([[found.sum, sumOver(taps, fn('select', within, pair, num(0)))]])),
    }
  }
  return undefined
}
