/**
 * Pooling: one number for every window, computed one axis after the other. This is also right for the ties of the
 * maximum: the first maximum in row-major order is the first one of the first row that has it.
 *
 * A kernel that is a number pools all axes but the first, that of the channels; a tuple pools as many of the last axes.
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
import { axesOf, type Shape } from '../syntax/shape.ts'
import type { FitsPool, Gradual, PoolOptions, PoolShape } from '../types/index.ts'
import { gt } from './comparison.ts'
import { derived, sizeAt } from './derived.ts'
import { product } from './product.ts'
import { each, optionsProblem, type PerAxis, places, type Slot, sides, spatialAxes, tooWide } from './spatial.ts'

/** [..., length] -> [..., count]: what a pooling does to its last axis. */
type Line = (x: Expr) => Expr
/** A pooling of several axes, from the last to the first. */
const overAxes =
  (axes: Shape, line: (d: number) => Line) =>
  (x: Expr): Expr =>
    axes.reduceRight((y, axis, d) => moveAxis(-1, axis)(line(d)(moveAxis(axis, -1)(y))), x)

/** [..., length] -> [..., count, size]. Windows that tile the axis are a reshape, whose pull needs no sums. */
const windowsOf =
  (w: Windows): Line =>
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
/** 1 where a window's element lies on the axis, 0 in the padding. [count, size] */
const onAxis = (w: Windows): Expr => unfold(w)(constant([w.length], 1))
const touchesPadding = (w: Windows): boolean =>
  w.low > 0 || (w.count - 1) * w.stride + (w.size - 1) * w.dilation - w.low >= w.length

/** The first maximum of the last axis, which has the whole derivative. NaN counts as the largest. */
const first: Line = (x) => gatherRows(rankOf(x) - 1)(x, argmax(-1)(x))
const maximum =
  (w: Windows): Line =>
  (x) =>
    first(touchesPadding(w) ? select(gt(onAxis(w), 0), windowsOf(w)(x), Number.NEGATIVE_INFINITY) : windowsOf(w)(x))
const average =
  (countPadding: boolean) =>
  (w: Windows): Line =>
  (x) =>
    div(sum(-1)(windowsOf(w)(x)), countPadding || !touchesPadding(w) ? w.size : sum(-1)(onAxis(w)))

const pool = (op: string, options: PoolOptions, line: (w: Windows) => Line, x: Expr): Expr => {
  const axes = spatialAxes(x, options.kernel)
  const [n, size] = [axes.length, each(options.kernel, axes.length, 1)]
  const [stride, dilation, pads] = [
    options.stride === undefined ? size : each(options.stride, n, 1),
    each(options.dilation, n, 1),
    sides(options.pad, n),
  ]
  const slots = axes.map(
    (axis, d): Slot => ({
      length: sizeAt(x, axis),
      size: nth(size, d),
      dilation: nth(dilation, d),
      sides: pads[d] ?? [0, 0],
    }),
  )
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
      : (optionsProblem(n, {
          kernel: { least: 1, values: size },
          stride: { least: 1, values: stride },
          dilation: { least: 1, values: dilation },
          pad: { least: 0, values: pads.map((p) => Math.min(...p)) },
        }) ?? tooWide(slots, counts))
  return derived(op, [x], problem, () => overAxes(axes, (d) => line(nth(windows, d)))(x))
}

/**
 * The largest number of every window. Padding counts as -Infinity. On ties the first in row-major order has the whole
 * derivative.
 *
 * Shape:   [C, ...H] -> [C, ...H'], H' = floor((H + padding - dilation (K - 1) - 1) / stride) + 1
 * Options: kernel: the size of a window; stride (the kernel), dilation (1), pad (0): one number, or one per axis, and pad
 *          also [before, after] per axis
 * Errors:  InvalidAttribute, RankMismatch
 *
 * @example
 * const f = programOrThrow(real(1, 2, 4), (x) => maxPool({ kernel: 2 })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]) // => [[6, 8]]
 */
export const maxPool =
  <const O extends PoolOptions>(options: O) =>
  <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> =>
    pool('maxPool', options, maximum, x)

export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as zeros (the default), or the mean is of the elements inside only. */
  readonly countPadding?: boolean
}
/**
 * The mean of every window.
 *
 * Shape, options and errors: as maxPool; countPadding (true): whether padding counts as zeros
 */
export const avgPool =
  <const O extends AveragePoolOptions>(options: O) =>
  <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> =>
    pool('avgPool', options, average(options.countPadding ?? true), x)

// -- windows that adapt to a given size -------------------------------------------------------------------------------

/** The shape whose last axes, or all but the first, have given sizes. */
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
  (n: number, count: number): Line =>
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
/** Windows shorter than the longest repeat their last element; a repeated element is never the first maximum. */
const adaptiveFirst =
  (n: number, count: number): Line =>
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
const adapt = (op: string, size: PerAxis, line: (n: number, count: number) => Line, x: Expr): Expr => {
  const axes = spatialAxes(x, size)
  const counts = each(size, axes.length, 1)
  const problem = optionsProblem(axes.length, { size: { least: 1, values: counts } })
  return derived(op, [x], problem, () => overAxes(axes, (d) => line(sizeAt(x, nth(axes, d)), nth(counts, d)))(x))
}
/**
 * Means over as many windows as `size` says: window i of s covers the indices from floor(i H / s) to ceil((i + 1) H /
 * s).
 *
 * Shape:   [C, ...H] -> [C, ...size]; a size that is a number is that of every spatial axis
 * Errors:  InvalidAttribute
 */
export const adaptiveAvgPool =
  <const N extends PerAxis>(size: N) =>
  <S extends Shape>(x: Expr<S, 'real'>): Expr<Resized<S, N>, 'real'> =>
    adapt('adaptiveAvgPool', size, adaptiveMean, x)
/** Maxima over the windows of adaptiveAvgPool, with the ties of maxPool. Shape and errors: as adaptiveAvgPool */
export const adaptiveMaxPool =
  <const N extends PerAxis>(size: N) =>
  <S extends Shape>(x: Expr<S, 'real'>): Expr<Resized<S, N>, 'real'> =>
    adapt('adaptiveMaxPool', size, adaptiveFirst, x)
