/**
 * Pooling reduces every window to one number, one axis after the other, beginning with the last. This keeps the rule
 * for ties of maxima: the first maximum in row-major order is the first one of the first row that contains it.
 *
 * If `kernel` is a number, all axes but the first, the channels, are pooled. If it has k numbers, the last k axes are.
 */

import { sum } from '../primitives/broadcast.ts'
import { constant, intTensor, tensor } from '../primitives/constant.ts'
import { div, mul, ne, select } from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { argmax } from '../primitives/reduction.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import { slice, unfold, type Windows } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsPool, Gradual, PoolOptions, PoolShape } from '../types/index.ts'
import { gt, pow, safeSelect } from './comparison.ts'
import { derived, notAmong, notFinite, notReal, sizeAt, unless, wrong } from './derived.ts'
import { product } from './product.ts'
import {
  ceilPlaces,
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
const totals =
  (w: Windows): PoolLast =>
  (x) =>
    sum(-1)(windowsOf(w)(x))
/** Windows of the axis and the padding around it: what sticks out further, in ceilMode, counts neither way. */
const padded = (w: Windows, high: number): Windows => ({ ...w, low: 0, length: w.low + w.length + high })
const average =
  (countPadding: boolean) =>
  (w: Windows, high = 0): PoolLast => {
    const counts = countPadding ? padded(w, high) : w
    return (x) => div(totals(w)(x), touchesPadding(counts) ? sum(-1)(onAxis(counts)) : w.size)
  }

/** The windows of every pooled axis, with the padding behind it; or what is wrong with the options. */
interface Pooling {
  readonly axes: Shape
  readonly windows: readonly Windows[]
  readonly after: Shape
  readonly problem: Problem | undefined
}
export const poolingOf = (options: PoolOptions, x: Expr): Pooling => {
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
  const count = options.ceilMode ? ceilPlaces : places
  const counts = slots.map((a, d) => count(a.length, a.size, nth(stride, d), a.dilation, a.sides))
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
        notAmong('ceilMode', options.ceilMode ?? false, [true, false]) ??
        tooWide(slots, counts))
  return { axes, windows, after: slots.map((a) => a.sides[1]), problem }
}
const pool = (
  op: string,
  options: PoolOptions,
  poolLast: (w: Windows, high: number) => PoolLast,
  x: Expr,
  rule?: Problem,
): Expr => {
  const { axes, windows, after, problem } = poolingOf(options, x)
  return derived(op, [x], problem ?? rule, () => overAxes(axes, (d) => poolLast(nth(windows, d), nth(after, d)))(x))
}

/**
 * The largest number of every window. Padding counts as -Infinity. On ties the first maximum in row-major order
 * receives the whole derivative.
 *
 * Shape:   [C, ...H] -> [C, ...H'], H' = floor((H + padding - dilation (K - 1) - 1) / stride) + 1
 * Options: kernel: the size of a window. Defaults: stride = kernel, dilation = 1, pad = 0. Each option is one number,
 *          or one number per axis; pad may also be [before, after] per axis, each at most half of what a window spans.
 *          ceilMode (false): whether H' is rounded up, so that the last window may stick out; it begins before the
 *          padding at the end
 * Errors:  InvalidAttribute, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(1, 2, 4), (x) => maxPool({ kernel: 2 })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]) // => [[6, 8]]
 */
export const maxPool = operation(
  'maxPool(options{kernel stride pad dilation ceilMode})(x)',
  <const O extends PoolOptions>(options: O) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> =>
      pool('maxPool', options, maximum, x),
)

export interface AveragePoolOptions extends PoolOptions {
  /** True: padding counts as zeros. False: the mean is over the elements inside the array only. Default: true. */
  readonly countPadding?: boolean
  /** What divides the sum of a window, whatever it covers: not 0. Default: what it covers. */
  readonly divisor?: number
}
/**
 * The mean of every window.
 *
 * Shape and errors: as maxPool
 * Options: those of maxPool; countPadding: whether padding counts as zeros, true by default; divisor: what divides the sum
 *          of a window, by default the number of its elements. Elements that stick out in ceilMode count neither way
 */
export const avgPool = operation(
  'avgPool(options{kernel stride pad dilation ceilMode countPadding divisor})(x: real)',
  <const O extends AveragePoolOptions>(options: O) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> => {
      const { divisor, countPadding = true } = options
      const rule = divisor === 0 ? wrong('divisor', 'must not be 0') : divisor && notFinite('divisor', divisor)
      const e: Expr = divisor === undefined ? x : div(x, divisor)
      return pool('avgPool', options, divisor === undefined ? average(countPadding) : totals, e, rule || undefined)
    },
)

export interface PowerPoolOptions extends PoolOptions {
  /** The order of the norm: positive and finite. */
  readonly p: number
}
/**
 * The p-norm of every window, without absolute values: (sum x^p)^(1/p), with derivative 0 where the sum is 0. As in PyTorch a
 * window that sticks out, in ceilMode, counts the mean of its elements inside for those outside.
 *
 * Shape and errors: as maxPool
 *
 * @example
 * const f = programOrThrow(real(1, 4), (x) => lpPool({ p: 2, kernel: 2 })(x))
 * evaluate(f.closed, [Float64Array.of(3, 4, 0, 0)]) // => [[5, 0]]
 */
export const lpPool = operation(
  'lpPool(options{p kernel stride pad dilation ceilMode})(x: real)',
  <const O extends PowerPoolOptions>(options: O) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Expr<PoolShape<S, O>, 'real'> => {
      const { p } = options
      const e: Expr = x
      const problem = unless(Number.isFinite(p) && p > 0, 'p', 'must be positive and finite')
      return derived('lpPool', [e], problem, () => {
        const means = pool('lpPool', options, average(true), pow(e, p))
        const sums = mul(means, sizeOf(each(options.kernel, spatialAxes(e, options.kernel).length, 1)))
        return safeSelect((s) => pow(s, 1 / p), 1, 0)(ne(sums, 0), sums)
      }) as Expr<PoolShape<S, O>, 'real'>
    },
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
export const adapted = (n: number, count: number): readonly (readonly [number, number])[] =>
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
