/**
 * Pooling reduces every window to one number, one axis after the other, beginning with the last. This keeps the rule
 * for ties of maxima: the first maximum in row-major order is the first one of the first row that contains it.
 *
 * If `kernel` is a number, all axes but the first, the channels, are pooled. If it has k numbers, the last k axes are.
 */

import { sum } from '../primitives/broadcast.ts'
import { constant, intTensor, tensor } from '../primitives/constant.ts'
import { div, select } from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { argmax } from '../primitives/reduction.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import { slice, unfold, type Windows } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape } from '../syntax/shape.ts'
import type { FitsPool, Gradual, PoolOptions, PoolShape } from '../types/index.ts'
import { gt } from './comparison.ts'
import { derived, notReal, sizeAt } from './derived.ts'
import { product } from './product.ts'
import {
  each,
  optionsProblem,
  type PerAxis,
  padsProblem,
  padTooWide,
  places,
  type Slot,
  sides,
  spatialAxes,
  tooWide,
} from './spatial.ts'

/** A pooling of the last axis: [..., length] -> [..., count] */
type PoolLast = (x: Expr) => Expr
/** A pooling of several axes, from the last to the first. */
const overAxes =
  (axes: Shape, poolLast: (d: number) => PoolLast) =>
  (x: Expr): Expr =>
    axes.reduceRight((y, axis, d) => moveAxis(-1, axis)(poolLast(d)(moveAxis(axis, -1)(y))), x)

/** [..., length] -> [..., count, size]. Windows that tile the axis are a reshape, so that their pull sums nothing. */
const windowsOf =
  (w: Windows): PoolLast =>
  (x) => {
    if (w.stride !== w.size || w.dilation !== 1 || w.low !== 0 || w.count * w.size > w.length) return unfold(w)(x)
    const front = shapeOf(x).slice(0, -1)
    const zeros = [...front.map(() => 0), 0]
    const whole =
      w.count * w.size === w.length
        ? x
        : slice({ start: zeros, shape: [...front, w.count * w.size], stride: zeros.map(() => 1) })(x)
    return reshape([...front, w.count, w.size])(whole)
  }
/** [count, size]: 1 where a window's element lies on the axis, 0 where it lies in the padding. */
const onAxis = (w: Windows): Expr => unfold(w)(constant([w.length], 1))
const touchesPadding = (w: Windows): boolean =>
  w.low > 0 || (w.count - 1) * w.stride + (w.size - 1) * w.dilation - w.low >= w.length

/** The maximum along the last axis. Its first occurrence receives the whole derivative. NaN counts as the largest. */
const first: PoolLast = (x) => gatherRows(rankOf(x) - 1)(x, argmax(-1)(x))
const maximum =
  (w: Windows): PoolLast =>
  (x) =>
    first(touchesPadding(w) ? select(gt(onAxis(w), 0), windowsOf(w)(x), Number.NEGATIVE_INFINITY) : windowsOf(w)(x))
const average =
  (countPadding: boolean) =>
  (w: Windows): PoolLast =>
  (x) =>
    div(sum(-1)(windowsOf(w)(x)), countPadding || !touchesPadding(w) ? w.size : sum(-1)(onAxis(w)))

const pool = (op: string, options: PoolOptions, poolLast: (w: Windows) => PoolLast, x: Expr): Expr => {
  const axes = spatialAxes(x, options.kernel)
  const [n, size] = [axes.length, each(options.kernel, axes.length, 1)]
  const stride = options.stride === undefined ? size : each(options.stride, n, 1)
  const dilation = each(options.dilation, n, 1)
  const along = (d: number) => ({
    length: sizeAt(x, nth(axes, d)),
    ...{ size: nth(size, d), stride: nth(stride, d), dilation: nth(dilation, d) },
  })
  const pads = sides(options.pad, n, along)
  const slots = axes.map((_, d): Slot => ({ ...along(d), sides: pads[d] ?? [0, 0] }))
  const counts = slots.map((a, d) => places(a.length, a.size, nth(stride, d), a.dilation, a.sides))
  const windows = slots.map(
    ({ length, size, dilation, sides }, d): Windows => ({
      size,
      stride: nth(stride, d),
      dilation,
      low: sides[0],
      count: nth(counts, d),
      length,
    }),
  )
  const problem: Problem | undefined =
    rankOf(x) < size.length
      ? { _tag: 'RankMismatch', expected: size.length, shape: shapeOf(x) }
      : (notReal(x) ??
        optionsProblem(n, {
          kernel: { least: 1, values: size },
          stride: { least: 1, values: stride },
          dilation: { least: 1, values: dilation },
        }) ??
        padsProblem(n, pads) ??
        padTooWide(slots) ??
        tooWide(slots, counts))
  return derived(op, [x], problem, () => overAxes(axes, (d) => poolLast(nth(windows, d)))(x))
}

/**
 * The largest number of every window. Padding counts as -Infinity. On ties the first maximum in row-major order
 * receives the whole derivative.
 *
 * Shape:   [C, ...H] -> [C, ...H'], H' = floor((H + padding - dilation (K - 1) - 1) / stride) + 1
 * Options: kernel: the size of a window. Defaults: stride = kernel, dilation = 1, pad = 0. Each option is one number,
 *          or one number per axis; pad may also be [before, after] per axis, each at most half of what a window spans
 * Errors:  InvalidAttribute, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(1, 2, 4), (x) => maxPool({ kernel: 2 })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]) // => [[6, 8]]
 */
export const maxPool = operation(
  'maxPool(options{kernel stride pad dilation})(x)',
  <const O extends PoolOptions>(options: O) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> =>
      pool('maxPool', options, maximum, x),
)

export interface AveragePoolOptions extends PoolOptions {
  /** True: padding counts as zeros. False: the mean is over the elements inside the array only. Default: true. */
  readonly countPadding?: boolean
}
/**
 * The mean of every window.
 *
 * Shape and errors: as maxPool
 * Options: those of maxPool, and countPadding: whether padding counts as zeros. Default: true
 */
export const avgPool = operation(
  'avgPool(options{kernel stride pad dilation countPadding})(x: real)',
  <const O extends AveragePoolOptions>(options: O) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> =>
      pool('avgPool', options, average(options.countPadding ?? true), x),
)

// -- windows that adapt to a given size of the result -----------------------------------------------------------------

/** The shape S with the sizes N on its last axes; if N is a number, with size N on all axes but the first. */
export type Resized<S extends Shape, N extends PerAxis> = number extends S['length']
  ? Gradual
  : N extends number
    ? S extends readonly [infer C extends number, ...infer H extends Shape]
      ? readonly [C, ...{ readonly [I in keyof H]: N }]
      : Gradual
    : N extends Shape
      ? number extends N['length']
        ? Gradual
        : readonly [...Without<S, N>, ...N]
      : Gradual
type Without<S extends Shape, N extends Shape> = N extends readonly [unknown, ...infer Ns extends Shape]
  ? S extends readonly [...infer Ss extends Shape, number]
    ? Without<Ss, Ns>
    : readonly []
  : S

/** Window i of `count` covers floor(i n / count) up to ceil((i + 1) n / count). */
const adapted = (n: number, count: number): readonly (readonly [number, number])[] =>
  axesOf(count).map((i) => [Math.floor((i * n) / count), Math.ceil(((i + 1) * n) / count)])
const tiling = (n: number, count: number): Windows => ({
  size: n / count,
  stride: n / count,
  dilation: 1,
  low: 0,
  count,
  length: n,
})

const adaptiveMean =
  (n: number, count: number): PoolLast =>
  (x) => {
    if (n % count === 0) return average(true)(tiling(n, count))(x)
    const weights = adapted(n, count).flatMap(([from, to]) =>
      axesOf(n).map((k) => (k >= from && k < to ? 1 / (to - from) : 0)),
    )
    const front = axesOf(rankOf(x) - 1)
      .map((d) => String.fromCharCode(97 + d))
      .join('')
    return product([`${front}H`, x], ['PH', tensor([count, n], weights)], `${front}P`)
  }
/** Shorter windows are filled up by repeating their last element, which is then never the first maximum. */
const adaptiveFirst =
  (n: number, count: number): PoolLast =>
  (x) => {
    if (n % count === 0) return maximum(tiling(n, count))(x)
    const windows = adapted(n, count)
    const size = Math.max(...windows.map(([from, to]) => to - from))
    const at = intTensor(
      [count, size],
      windows.flatMap(([from, to]) => axesOf(size).map((k) => Math.min(from + k, to - 1))),
    )
    const rows = gather(moveAxis(-1, 0)(x), at)
    return moveAxis(0, rankOf(x) - 1)(first(moveAxis(1, rankOf(rows) - 1)(rows)))
  }
const adapt = (op: string, size: PerAxis, poolLast: (n: number, count: number) => PoolLast, x: Expr): Expr => {
  const axes = spatialAxes(x, size)
  const counts = each(size, axes.length, 1)
  const problem = notReal(x) ?? optionsProblem(axes.length, { size: { least: 1, values: counts } })
  return derived(op, [x], problem, () => overAxes(axes, (d) => poolLast(sizeAt(x, nth(axes, d)), nth(counts, d)))(x))
}
/**
 * Average pooling to a given size of the result. Along an axis of H elements, window i of s covers the indices
 * floor(i H / s) <= k < ceil((i + 1) H / s).
 *
 * Shape:   [C, ...H] -> [C, ...size]; if `size` is a number, it is the size of every spatial axis
 * Errors:  InvalidAttribute, ElementType
 */
export const adaptiveAvgPool = operation(
  'adaptiveAvgPool(size)(x: real)',
  <const N extends PerAxis>(size: N) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Resized<S, N>, 'real'> =>
      adapt('adaptiveAvgPool', size, adaptiveMean, x),
)
/** The maxima of the windows of adaptiveAvgPool; ties as in maxPool. Shape and errors: as adaptiveAvgPool */
export const adaptiveMaxPool = operation(
  'adaptiveMaxPool(size)(x)',
  <const N extends PerAxis>(size: N) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Resized<S, N>, 'real'> =>
      adapt('adaptiveMaxPool', size, adaptiveFirst, x),
)
