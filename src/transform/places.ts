/** Where vmap's axis stands in every leaf of a tree: at the front, or where a tree of axes says. */
import { moveAxis } from '../../lang/primitives/reindex.ts'
import { type Closed, closeOver, inline } from '../../lang/syntax/closed.ts'
import type { Problem } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { nth } from '../../lang/syntax/list.ts'
import { areAxes, axisOf, type Shape, type Type } from '../../lang/syntax/shape.ts'
import { isObject, isTypeOrExpr, typeLeaves } from '../../lang/syntax/tree.ts'
import { formProblem, partOf, type Selection, strayPath } from './selection.ts'

/** true is the front, a number an axis of the batched array; false and a key that is left out are no axis of their own. */
export type Places = boolean | number | null | { readonly [key: string]: Places } | readonly Places[]

/** The place in every leaf, in order; `other` where none is named. */
export const placesOf = <O>(tree: unknown, places: Places, other: O): readonly (number | O)[] => {
  if (isObject(places) && isObject(tree) && !isTypeOrExpr(tree))
    return Object.entries(tree).flatMap(([key, t]) => placesOf(t, partOf<Places>(places, key), other))
  const place = places === true ? 0 : typeof places === 'number' ? places : other
  return typeLeaves(tree).map(() => place)
}
/** The type with an axis of n at a place. */
const stackedAt = (n: number, { dtype, shape }: Type, place: number): Type => {
  const at = axisOf(place, shape.length + 1)
  return { dtype, shape: [...shape.slice(0, at), n, ...shape.slice(at)] }
}
/** The program with its axis where the places say, from the one with the axis in front. */
export const placed = (p: Closed, ins: readonly (number | undefined)[], outs: readonly number[]): Closed => {
  if ([...ins, ...outs].every((place) => !place)) return p
  const move = (from: number, to: number, x: Expr): Expr => moveAxis(from, to)(x)
  const inputs = p.inputs.map(({ name, type }, k) => {
    const place = ins[k]
    return place === undefined
      ? { name, type }
      : { name, type: stackedAt(nth(type.shape, 0), { ...type, shape: type.shape.slice(1) }, place) }
  })
  return closeOver(inputs, (xs) =>
    inline(
      p,
      xs.map((x, k) => move(ins[k] ?? 0, 0, x)),
    ).map((y, k) => move(0, nth(outs, k), y)),
  )
}
/** What is wrong with places: their form, a name that the tree lacks, or an axis that a batched leaf lacks. */
export const placesProblem = (option: string, tree: unknown, places: Places, whose: string): Problem | undefined => {
  const what = formProblem(option, tree, places, 'true, false or an axis')
  if (what !== undefined) return { _tag: 'Malformed', what }
  const stray = strayPath(tree, places as Selection)
  if (stray !== undefined) return { _tag: 'Malformed', what: `${option} names ${stray}, and there is no such ${whose}` }
  const at = placesOf(tree, places, 0)
  const off = typeLeaves(tree).flatMap(({ shape }, k) => {
    const [place, rank] = [at[k] as number, shape.length + 1]
    return areAxes([axisOf(place, rank)], rank) ? [] : [{ _tag: 'AxisOutOfRange', axes: [place], rank } as const]
  })
  return off[0]
}

/** A shape with an axis of N at a place. */
type Inserted<S extends Shape, K, N extends number> = K extends true | 0
  ? readonly [N, ...S]
  : K extends -1
    ? readonly [...S, N]
    : number extends K
      ? Shape
      : Beyond<S, K, N, readonly []>
type Beyond<S extends Shape, K, N extends number, Before extends Shape> = Before['length'] extends K
  ? readonly [...Before, N, ...S]
  : S extends readonly [infer A extends number, ...infer R extends Shape]
    ? Beyond<R, K, N, readonly [...Before, A]>
    : Shape
/** The tree with the axis where M says; where it says nothing, at the front or nowhere. */
export type WithAxis<T, M, N extends number, Other extends boolean> = M extends false
  ? Other extends true
    ? WithAxis<T, true, N, true>
    : T
  : T extends Type<infer S, infer D>
    ? Type<Inserted<S, M, N>, D>
    : T extends null
      ? null
      : { readonly [K in keyof T]: WithAxis<T[K], PartAt<M, K>, N, Other> }
type PartAt<M, K> = M extends true | number ? M : K extends keyof M ? M[K] : false
