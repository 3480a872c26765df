/** Points and directions: flat arrays, one per input or output leaf of a program. */

import type { Tensor } from '../../lang/evaluate.ts'
import { nth } from '../../lang/syntax/list.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, refill } from '../../lang/syntax/tree.ts'
import { foldIn, type Key, uniform } from '../random/key.ts'

export type Point = readonly Tensor[]
/** A point as the tree of arrays that a program takes. */
export const treeOf = <In>(p: Program<In, unknown>, x: readonly ArrayLike<number>[]): Arrays<In> =>
  // the tree is p.in with an array at each leaf, which is what Arrays<In> says
  refill(p.in, x, isTypeOrExpr) as Arrays<In>
export const realOnly = <T>(types: readonly Type[], xs: readonly T[]): readonly T[] =>
  xs.filter((_, i) => isReal(nth(types, i)))

export const dot = (a: Point, b: Point): number => {
  let total = 0
  a.forEach((x, i) => {
    const y = nth(b, i)
    for (let k = 0; k < x.length; k++) total += (x[k] as number) * (y[k] as number)
  })
  return total
}
/** The sum of the absolute terms of a dot product: its rounding is relative to that. */
export const dotSize = (a: Point, b: Point): number => {
  let total = 0
  a.forEach((x, i) => {
    const y = nth(b, i)
    for (let k = 0; k < x.length; k++) total += Math.abs((x[k] as number) * (y[k] as number))
  })
  return total
}
// plain loops: these run at every evaluation, over all parameters of a model
const isZero = (x: Tensor): boolean => {
  for (let k = 0; k < x.length; k++) if (x[k] !== 0) return false
  return true
}
const stepped = (x: Tensor, v: Tensor, t: number): Tensor => {
  const y = new Float64Array(x.length)
  for (let k = 0; k < y.length; k++) y[k] = (x[k] as number) + t * (v[k] as number)
  return y
}
/** x + t v at the real leaves; integers stay. */
export const move = (types: readonly Type[], x: Point, v: Point, t: number): Point => {
  let next = 0
  return x.map((xi, i) => {
    if (!isReal(nth(types, i))) return xi
    const vi = nth(v, next++)
    return t === 0 || isZero(vi) ? xi : stepped(xi, vi, t)
  })
}
/** A direction: one array per type, no number near 0; `scales`: how far each number should move. */
export const direction = (key: Key, types: readonly Type[], scales?: Point): Point =>
  types.map((t, i) =>
    uniform(sizeOf(t.shape))(foldIn(i)(key)).map((u, k) => {
      const signed = u < 0.5 ? 0.5 + 2 * u : 0.5 - 2 * u
      return signed * (scales ? nth(nth(scales, i), k) : 1)
    }),
  )
/** How far each number may sensibly move: its own size, but never much less than its array's. */
export const scalesOf = (x: Point): Point =>
  x.map((xi) => {
    const size = Math.sqrt(xi.reduce((s, a) => s + a * a, 0) / Math.max(1, xi.length))
    return xi.map((a) => Math.max(Math.abs(a), size * 0.1) || 1)
  })
