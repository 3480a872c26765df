/**
 * Boxes and windows. slice takes a box out, pad puts it back; unfold lists sliding windows, fold adds them back. The
 * two of a pair have the same attributes, and each is the transpose of the other.
 */
import * as E from 'fp-ts/lib/Either.js'
import { divides, guard, idiv, inside, kernel, offset, plus, reduce, times } from '../kernel/index.ts'
import { ill, invalid, type Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, isSize, real, type Shape, type Type } from '../syntax/shape.ts'
import { onlyNumbers } from './broadcast.ts'
import { apply, type Entry } from './entry.ts'
import { item } from './item.ts'

// -- slice and pad ---------------------------------------------------------------------------------------------------

/**
 * Element k of the box is element start + k * stride of the whole. `shape`: of the box in slice, of the whole in pad.
 */
export type Box = { readonly start: Shape; readonly shape: Shape; readonly stride: Shape }
/** The box of n elements of one axis from `start`, every stride-th; of the other axes it has all. */
export const boxAlong = (shape: Shape, axis: number, start: number, n: number, stride = 1): Box => ({
  start: shape.map((_, d) => (d === axis ? start : 0)),
  shape: shape.map((m, d) => (d === axis ? n : m)),
  stride: shape.map((_, d) => (d === axis ? stride : 1)),
})
const last = (b: Box, inner: Shape, d: number): number => item(b.start, d) + (item(inner, d) - 1) * item(b.stride, d)
const fits = (b: Box, inner: Shape, outer: Shape): boolean =>
  inner.length === outer.length &&
  b.start.length === inner.length &&
  b.stride.length === inner.length &&
  inner.every(
    (n, d) =>
      isSize(n) &&
      isSize(item(b.stride, d)) &&
      item(b.stride, d) > 0 &&
      isSize(item(b.start, d)) &&
      (n === 0 || last(b, inner, d) < item(outer, d)),
  )
const boxed = (b: Box, inner: Shape, outer: Shape, out: Type): E.Either<Problem, readonly Type[]> =>
  fits(b, inner, outer) ? E.right([out]) : ill({ _tag: 'OutsideBox', inner, outer })
const liftBox = (b: Box, n: number): Box => ({
  start: [0, ...b.start],
  shape: [n, ...b.shape],
  stride: [1, ...b.stride],
})

export const sliceEntry: Entry<Box, [0], 'slice'> = {
  name: 'slice',
  sentence: 'takes every stride-th element of a box',
  latex: '$0_{[\\cdot]}',
  algebra: {},
  examples: [{ attrs: { start: [1, 0], shape: [2, 2], stride: [2, 1] }, args: [real(5, 3)] }],
  batch: { lift: liftBox },
  type: (b, [x]) => boxed(b, b.shape, x.shape, { dtype: x.dtype, shape: b.shape }),
  derivative: (b, [x]) => [{ push: slice(b), pull: pad({ ...b, shape: shapeOf(x) }) }],
  meaning: (b, [x]) => kernel((i) => x.at(i.map((k, d) => offset(times(k, item(b.stride, d)), item(b.start, d))))),
}
export const padEntry: Entry<Box, [0], 'pad'> = {
  name: 'pad',
  sentence: 'places the elements in a box of zeros',
  latex: '\\mathrm{pad}\\, $0',
  algebra: {},
  examples: [{ attrs: { start: [1, 0], shape: [5, 3], stride: [3, 1] }, args: [real(2, 2)] }],
  batch: { lift: liftBox },
  type: (b, [x]) => boxed(b, x.shape, b.shape, { dtype: x.dtype, shape: b.shape }),
  derivative: (b, [x]) => [{ push: pad(b), pull: slice({ ...b, shape: shapeOf(x) }) }],
  meaning: (b, [x]) =>
    kernel((i) => {
      const from = i.map((k, d) => offset(k, -item(b.start, d)))
      const inner = from.map((k, d) => idiv(k, item(b.stride, d)))
      const tests = inner.flatMap((k, d) => [
        ...inside(k, item(x.type.shape, d)),
        ...divides(item(b.stride, d), item(from, d)),
      ])
      return guard(tests, x.at(inner))
    }),
}
/** Takes every stride-th element of a box. The low-level form: sliceAlong and take read better. Errors: OutsideBox */
export const slice = operation(
  'slice(box{start shape stride})(x)',
  (b: Box) =>
    (x: Expr): Expr =>
      apply(sliceEntry, b, x),
)
/** Places the elements in a box of zeros. The low-level form: padWith reads better. Errors: OutsideBox */
export const pad = operation(
  'pad(box{start shape stride})(x)',
  (b: Box) =>
    (x: Expr): Expr =>
      apply(padEntry, b, x),
)

// -- unfold and fold -------------------------------------------------------------------------------------------------

/** Window p, element k reads position p * stride + k * dilation - low of an axis of `length`. */
export type Windows = {
  readonly size: number
  readonly stride: number
  readonly dilation: number
  readonly low: number
  readonly count: number
  readonly length: number
}
/** Whether these are windows, and every position that they read is an int32. */
const areWindows = ({ size, stride, dilation, low, count, length }: Windows): boolean =>
  [size, stride, dilation].every((n) => isSize(n) && n > 0) &&
  [count, length, Math.abs(low)].every(isSize) &&
  isSize(Math.max(length, count * stride + size * dilation) + Math.abs(low))
const sane = (w: Windows, ok: boolean, out: Type): E.Either<Problem, readonly Type[]> =>
  !areWindows(w)
    ? invalid('windows', 'need whole numbers: a size, stride and dilation of at least 1, a count of at least 0')
    : ok
      ? E.right([out])
      : invalid('windows', `of ${w.count} x ${w.size} over a last axis of ${w.length} do not match the argument`)

export const unfoldEntry: Entry<Windows, [0], 'unfold'> = {
  name: 'unfold',
  sentence: 'lists the windows of the last axis, with 0 outside of it',
  latex: '\\mathrm{windows}\\, $0',
  algebra: {},
  examples: [
    { attrs: { size: 3, stride: 2, dilation: 1, low: 1, count: 3, length: 5 }, args: [real(2, 5)] },
    { attrs: { size: 2, stride: 3, dilation: 2, low: 0, count: 2, length: 7 }, args: [real(7)] },
  ],
  batch: { lift: (w) => w },
  type: (w, [x]) =>
    sane(w, x.shape.at(-1) === w.length, { dtype: x.dtype, shape: [...x.shape.slice(0, -1), w.count, w.size] }),
  derivative: (w) => [{ push: unfold(w), pull: fold(w) }],
  meaning: (w, [x]) =>
    kernel((i) => {
      const [p, k] = [item(i, i.length - 2), item(i, i.length - 1)]
      const q = offset(plus(times(p, w.stride), times(k, w.dilation)), -w.low)
      return guard(inside(q, w.length), x.at([...i.slice(0, -2), q]))
    }),
}
export const foldEntry: Entry<Windows, [0], 'fold'> = {
  name: 'fold',
  sentence: 'adds windows at the positions that they came from',
  latex: '\\mathrm{windows}^{T} $0',
  algebra: {},
  examples: [
    { attrs: { size: 3, stride: 2, dilation: 1, low: 1, count: 3, length: 5 }, args: [real(2, 3, 3)] },
    { attrs: { size: 2, stride: 3, dilation: 2, low: 0, count: 2, length: 7 }, args: [real(2, 2)] },
  ],
  batch: { lift: (w) => w },
  type: (w, [x]) =>
    onlyNumbers(x, () =>
      sane(w, x.shape.at(-1) === w.size && x.shape.at(-2) === w.count, {
        dtype: x.dtype,
        shape: [...x.shape.slice(0, -2), w.length],
      }),
    ),
  derivative: (w) => [{ push: fold(w), pull: unfold(w) }],
  meaning: (w, [x]) =>
    kernel((i) =>
      reduce('add', [w.size], (ks) => {
        const k = item(ks, 0)
        const from = plus(offset(item(i, i.length - 1), w.low), times(k, -w.dilation))
        const p = idiv(from, w.stride)
        return guard([...inside(p, w.count), ...divides(w.stride, from)], x.at([...i.slice(0, -1), p, k]))
      }),
    ),
}
/**
 * Lists the windows of the last axis, with 0 outside of it.
 *
 * Shape:   [..., length] -> [..., count, size]
 * Law:     its transpose is fold
 * Errors:  InvalidAttribute
 */
export const unfold = operation(
  'unfold(windows)(x)',
  (w: Windows) =>
    <D extends DType>(x: Expr<Shape, D>): Expr =>
      apply(unfoldEntry, w, x),
)
/**
 * Adds windows at the positions that they came from.
 *
 * Shape:   [..., count, size] -> [..., length]
 * Law:     its transpose is unfold
 * Errors:  InvalidAttribute, ElementType
 */
export const fold = operation(
  'fold(windows)(x)',
  (w: Windows) =>
    <D extends DType>(x: Expr<Shape, D>): Expr =>
      apply(foldEntry, w, x),
)

export const windows = [sliceEntry, padEntry, unfoldEntry, foldEntry] as const
