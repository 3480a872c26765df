/** Concatenation along an axis. The pull slices the cotangent into the parts that belong to the arguments. */
import * as E from 'fp-ts/lib/Either.js'
import { fn, guard, kernel, offset, type Scalar, type Source, whole } from '../kernel/index.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { areAxes, axisOf, type DType, real, type Shape, sameShape } from '../syntax/shape.ts'
import type { Concat, FitsConcat } from '../types/index.ts'
import { applyAll, type Entry, only } from './entry.ts'
import { item } from './item.ts'
import { type Box, boxAlong, pad, slice } from './window.ts'

type Along = { readonly axis: number }
const sizeAlong = (shape: Shape, axis: number): number => item(shape, axis)
const withSize = (shape: Shape, axis: number, n: number): Shape => shape.map((m, d) => (d === axis ? n : m))
/** The index along the axis at which each part begins. */
const starts = (shapes: readonly Shape[], axis: number): readonly number[] =>
  shapes.map((_, k) => shapes.slice(0, k).reduce((n, s) => n + sizeAlong(s, axis), 0))
/** The box of the whole that a part of this shape fills. */
const boxAt = (shape: Shape, axis: number, start: number, whole: Shape): Box => ({
  ...boxAlong(shape, axis, start, sizeAlong(shape, axis)),
  shape: whole,
})

const concatEntry: Entry<Along, readonly unknown[], 'concat'> = {
  name: 'concat',
  sentence: 'lays arrays end to end along an axis',
  latex: '[$0; \\ldots]',
  algebra: {},
  examples: [
    { attrs: { axis: 1 }, args: [real(2, 1), real(2, 3), real(2, 2)] },
    { attrs: { axis: 0 }, args: [real(2)] },
  ],
  batch: { lift: ({ axis }) => ({ axis: axis + 1 }) },
  type: ({ axis }, args) => {
    const [first, ...rest] = args
    const shapes = args.map((t) => t.shape)
    if (first === undefined) return ill({ _tag: 'Malformed', what: 'there is nothing to concatenate' })
    const { dtype, shape } = first
    if (!areAxes([axis], shape.length)) return ill({ _tag: 'AxisOutOfRange', axes: [axis], rank: shape.length })
    if (rest.some((t) => t.dtype !== dtype))
      return ill({ _tag: 'ElementType', expected: [dtype], found: args.map((t) => t.dtype) })
    if (!rest.every((t) => sameShape(withSize(t.shape, axis, 0), withSize(shape, axis, 0))))
      return ill({ _tag: 'ShapeMismatch', shapes })
    const total = shapes.reduce((n, s) => n + sizeAlong(s, axis), 0)
    return E.right([{ dtype, shape: withSize(shape, axis, total) }])
  },
  derivative: ({ axis }, args, outs) => {
    const from = starts(args.map(shapeOf), axis)
    const whole = shapeOf(only(outs))
    return args.map((x, k) => {
      const box = boxAt(shapeOf(x), axis, item(from, k), whole)
      return { push: pad(box), pull: slice({ ...box, shape: shapeOf(x) }) }
    })
  },
  // out[i] = part_k[i - start_k], for the last k with start_k <= i
  meaning: ({ axis }, args) => {
    const from = starts(
      args.map((x) => x.type.shape),
      axis,
    )
    return kernel((i) => {
      const here = item(i, axis)
      const read = (x: Source, start: number): Scalar => x.at(i.map((j, d) => (d === axis ? offset(here, -start) : j)))
      const parts = args.map((x, k) => read(x, item(from, k)))
      return parts.reduceRight((rest, part, k) => guard([fn('lt', here, whole(item(from, k + 1)))], part, rest))
    })
  },
}
type ShapesOf<X> = { readonly [K in keyof X]: X[K] extends Expr<infer S, DType> ? S : never }
/**
 * Lays arrays end to end along an axis. On every other axis they must have the same size.
 *
 * Shape:   [..., n, ...], [..., m, ...] -> [..., n + m, ...]
 * Errors:  ShapeMismatch, ElementType, AxisOutOfRange
 */
export const concat = operation(
  'concat(axis)(arrays)',
  <const A extends number>(axis: A) =>
    <const X extends readonly Expr[]>(
      xs: X & FitsConcat<ShapesOf<X>, A>,
    ): Expr<Concat<ShapesOf<X>, A> extends infer C extends Shape ? C : never, X[0]['type']['dtype']> => {
      const args = xs as readonly Expr[] as readonly [Expr, ...Expr[]] // `operation` has refused an empty list
      return only(applyAll(concatEntry, { axis: axisOf(axis, rankOf(args[0])) }, args, 1))
    },
)

export const concats = [concatEntry] as const
