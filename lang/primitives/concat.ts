/** Arrays laid end to end. The pull gives each its own part back. */
import * as E from 'fp-ts/lib/Either.js'
import { fn, guard, kernel, offset, type Scalar, whole } from '../kernel/index.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { areAxes, axisOf, type DType, real, type Shape, sameShape, type Type } from '../syntax/shape.ts'
import type { Concat, FitsConcat } from '../types/index.ts'
import { applyAll, type Entry } from './entry.ts'
import { type Box, boxAlong, pad, slice } from './window.ts'

type Along = { readonly axis: number }
const sizeAlong = (shape: Shape, axis: number): number => shape[axis] as number
const withSize = (shape: Shape, axis: number, n: number): Shape => shape.map((m, d) => (d === axis ? n : m))
/** Where each part begins. */
const starts = (shapes: readonly Shape[], axis: number): readonly number[] =>
  shapes.map((_, k) => shapes.slice(0, k).reduce((n, s) => n + sizeAlong(s, axis), 0))
const boxAt = (shape: Shape, axis: number, start: number, whole: Shape): Box => ({ ...boxAlong(shape, axis, start, sizeAlong(shape, axis)), shape: whole })

export const concatEntry: Entry<Along> = {
  name: 'concat', latex: '[$0; \\ldots]', sentence: { en: 'lays arrays end to end along an axis', fr: 'met des tableaux bout à bout le long d’un axe' }, algebra: {},
  examples: [{ attrs: { axis: 1 }, args: [real(2, 1), real(2, 3), real(2, 2)] }, { attrs: { axis: 0 }, args: [real(2)] }],
  batch: { lift: ({ axis }) => ({ axis: axis + 1 }) },
  type: ({ axis }, args) => {
    const [first, ...rest] = args as readonly [Type, ...Type[]]
    const shapes = args.map((t) => t.shape)
    if (first === undefined) return ill({ _tag: 'Malformed', what: 'nothing to concatenate' })
    if (!areAxes([axis], first.shape.length)) return ill({ _tag: 'AxisOutOfRange', axes: [axis], rank: first.shape.length })
    if (rest.some((t) => t.dtype !== first.dtype)) return ill({ _tag: 'ElementType', expected: [first.dtype], found: args.map((t) => t.dtype) })
    return rest.every((t) => sameShape(withSize(t.shape, axis, 0), withSize(first.shape, axis, 0)))
      ? E.right([{ dtype: first.dtype, shape: withSize(first.shape, axis, shapes.reduce((n, s) => n + sizeAlong(s, axis), 0)) }])
      : ill({ _tag: 'ShapeMismatch', shapes })
  },
  derivative: ({ axis }, args, [y]) => {
    const from = starts(args.map(shapeOf), axis), whole = shapeOf(y as Expr)
    return args.map((x, k) => ({
      push: pad(boxAt(shapeOf(x), axis, from[k] as number, whole)),
      pull: slice({ ...boxAt(shapeOf(x), axis, from[k] as number, whole), shape: shapeOf(x) }),
    }))
  },
  meaning: ({ axis }, args) => kernel((i) => {
    const from = starts(args.map((x) => x.type.shape), axis), here = i[axis] as Scalar
    const part = (k: number): Scalar => (args[k] as (typeof args)[0]).at(i.map((j, d) => (d === axis ? offset(here, -(from[k] as number)) : j)))
    const earlier = args.slice(0, -1).map((_, k) => k).reverse()
    return earlier.reduce((rest, k) => guard([fn('lt', here, whole(from[k + 1] as number))], part(k), rest), part(args.length - 1))
  }),
}
type ShapesOf<X> = { readonly [K in keyof X]: X[K] extends Expr<infer S, DType> ? S : never }
/**
 * Arrays end to end along an axis; the other sizes must agree.
 *
 * Shape:   [..., n, ...], [..., m, ...] -> [..., n + m, ...]
 * Errors:  ShapeMismatch, ElementType, AxisOutOfRange
 */
export const concat = <const A extends number>(axis: A) =>
  <const X extends readonly [Expr, ...Expr[]]>(xs: X & FitsConcat<ShapesOf<X>, A>): Expr<Concat<ShapesOf<X>, A> extends infer C extends Shape ? C : never, X[0]['type']['dtype']> => {
    const args = xs as readonly Expr[]
    return applyAll(concatEntry, { axis: axisOf(axis, rankOf(args[0] as Expr)) }, args, 1)[0] as Expr
  }

export const concats: readonly Entry[] = [concatEntry]
