/** Images with more pixels, by a whole factor: by repeating each pixel, or by linear interpolation. */

import { intTensor, tensor } from '../primitives/constant.ts'
import { add, mul, sub } from '../primitives/elementwise.ts'
import { gather } from '../primitives/indexing.ts'
import { moveAxis } from '../primitives/reindex.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape } from '../syntax/shape.ts'
import type { Gradual, Mul } from '../types/index.ts'
import { repeatInterleave } from './arranging.ts'
import { derived, sizeAt } from './derived.ts'
import { each, optionsProblem, type PerAxis, spatialAxes } from './spatial.ts'

/** A scale that is a number scales all axes but the first; a tuple scales as many of the last axes. */
type Scaled<S extends Shape, F extends PerAxis> = number extends S['length']
  ? Gradual
  : F extends number
    ? S extends readonly [infer C extends number, ...infer H extends Shape]
      ? readonly [C, ...{ readonly [I in keyof H]: Mul<H[I], F> }]
      : Gradual
    : F extends Shape
      ? number extends F['length']
        ? Gradual
        : ScaledLast<S, F>
      : Gradual
type ScaledLast<S extends Shape, F extends Shape> = F extends readonly [
  ...infer Fs extends Shape,
  infer f extends number,
]
  ? S extends readonly [...infer Ss extends Shape, infer s extends number]
    ? readonly [...ScaledLast<Ss, Fs>, Mul<s, f>]
    : readonly []
  : S

const rescale = (op: string, scale: PerAxis, x: Expr, along: (axis: number, factor: number, y: Expr) => Expr): Expr => {
  const axes = spatialAxes(x, scale)
  const factors = each(scale, axes.length, 1)
  const problem = optionsProblem(axes.length, { scale: { least: 1, values: factors } })
  return derived(op, [x], problem, () => axes.reduce((y, axis, d) => along(axis, nth(factors, d), y), x))
}

/**
 * Repeats every pixel: out[i] = x[floor(i / scale)] along every spatial axis.
 *
 * Shape:   [C, ...H] -> [C, ...scale H]; a scale that is a number is that of every axis but the first
 * Errors:  InvalidAttribute
 */
export const upsampleNearest = operation(
  'upsampleNearest(scale)(x)',
  <const F extends PerAxis>(scale: F) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Scaled<S, F>, 'real'> =>
      rescale('upsampleNearest', scale, x, (axis, n, y) => repeatInterleave(n, axis)(y)),
)

/** Output i as a mean of two neighbours on an axis of n: (1 - weight) x[low] + weight x[high]. */
interface Between {
  readonly low: number
  readonly high: number
  readonly weight: number
}
/**
 * Aligned: the first and last pixels of both images coincide. Otherwise pixel i is an area with its centre at i +
 * 1/2.
 */
const between =
  (n: number, scale: number, aligned: boolean) =>
  (i: number): Between => {
    const at = aligned ? (n * scale === 1 ? 0 : (i * (n - 1)) / (n * scale - 1)) : Math.max((i + 0.5) / scale - 0.5, 0)
    const low = Math.min(Math.floor(at), n - 1)
    return { low, high: Math.min(low + 1, n - 1), weight: at - low }
  }
const interpolate =
  (aligned: boolean) =>
  (axis: number, scale: number, x: Expr): Expr => {
    const n = sizeAt(x, axis)
    const points = axesOf(n * scale).map(between(n, scale, aligned))
    const rows = moveAxis(axis, 0)(x)
    const low = gather(
      rows,
      intTensor(
        [n * scale],
        points.map((p) => p.low),
      ),
    )
    const high = gather(
      rows,
      intTensor(
        [n * scale],
        points.map((p) => p.high),
      ),
    )
    const weight = tensor(
      [n * scale, ...axesOf(rankOf(x) - 1).map(() => 1)],
      points.map((p) => p.weight),
    )
    return moveAxis(0, axis)(add(mul(low, sub(1, weight)), mul(high, weight)))
  }
export interface Bilinear {
  /** Align the centres of the corner pixels of both images, rather than their edges. Default: false. */
  readonly alignCorners?: boolean
}
/**
 * Linear interpolation along every spatial axis; beyond the ends the border repeats.
 *
 * Shape, errors: as upsampleNearest
 */
export const upsampleBilinear = operation(
  'upsampleBilinear(scale, options?{alignCorners})(x: real)',
  <const F extends PerAxis>(scale: F, options?: Bilinear) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Scaled<S, F>, 'real'> =>
      rescale('upsampleBilinear', scale, x, interpolate(options?.alignCorners ?? false)),
)
