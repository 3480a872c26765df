/**
 * Images of any other size. Along each axis an output is a weighted sum of a few inputs, at places and with weights that the
 * sizes determine: so it is linear, and its pull adds at the same places.
 */

import { sum } from '../primitives/broadcast.ts'
import { intTensor, tensor } from '../primitives/constant.ts'
import { mul } from '../primitives/elementwise.ts'
import { gather } from '../primitives/indexing.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape } from '../syntax/shape.ts'
import { derived, notAmong, notFinite, notReal, sizeAt, unless } from './derived.ts'
import type { Resized } from './pooling.ts'
import { each, optionsProblem, type PerAxis, spatialAxes } from './spatial.ts'

const methods = ['nearest', 'nearestFloor', 'linear', 'cubic', 'lanczos3', 'lanczos5', 'area'] as const
export interface ResizeOptions {
  /**
   * 'nearest': the pixel whose area has the centre of the output (PyTorch's 'nearest-exact'); 'nearestFloor': pixel floor(i n /
   * size) (PyTorch's 'nearest'); 'linear', 'cubic', 'lanczos3', 'lanczos5': a kernel around that centre; 'area': the mean
   * of the pixels that the output covers, as adaptiveAvgPool. Default: 'linear'.
   */
  readonly method?: (typeof methods)[number]
  /** Whether a kernel is as wide as an output pixel where the image shrinks. Default: true, as in JAX. */
  readonly antialias?: boolean
  /** Whether the centres of the corner pixels of both images coincide, rather than their edges. Default: false. */
  readonly alignCorners?: boolean
  /** The coefficient of the cubic kernel, its slope at 1. Default: -1/2, as in JAX. PyTorch without antialias: -3/4. */
  readonly coefficient?: number
  /**
   * What a kernel reads beyond the border: 'renormalize' leaves it out and divides by the sum of the other weights, as in
   * JAX; 'repeat' reads the pixel at the border, as PyTorch's 'bicubic' without antialias. Default: 'renormalize'.
   */
  readonly border?: 'renormalize' | 'repeat'
}

// -- one axis --------------------------------------------------------------------------------------------------------

/** The inputs of one output, and their weights. */
type Taps = readonly (readonly [at: number, weight: number])[]
/** A kernel, which is 0 from `radius` on. */
interface Filter {
  readonly radius: number
  readonly at: (distance: number) => number
}
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos = (radius: number): Filter => ({ radius, at: (x) => (x < radius ? sinc(x) * sinc(x / radius) : 0) })
/** Keys 1981: 1 at 0, 0 at other integers, with slope a at 1. */
const cubic = (a: number): Filter => ({
  radius: 2,
  at: (x) => (x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0),
})
const filterOf = ({ method, coefficient = -0.5 }: ResizeOptions): Filter =>
  method === 'cubic'
    ? cubic(coefficient)
    : method === 'lanczos3' || method === 'lanczos5'
      ? lanczos(method === 'lanczos3' ? 3 : 5)
      : { radius: 1, at: (x) => Math.max(0, 1 - x) }

/** The taps of output i of `size`, on an axis of n. */
const filtered = (options: ResizeOptions, n: number, size: number) => {
  const { antialias = true, alignCorners = false, border = 'renormalize' } = options
  const { radius, at } = filterOf(options)
  const step = alignCorners ? (size === 1 ? 0 : (n - 1) / (size - 1)) : n / size
  const wide = antialias ? Math.max(step, 1) : 1
  return (i: number): Taps => {
    const centre = alignCorners ? i * step : (i + 0.5) * step - 0.5
    const from = Math.ceil(centre - radius * wide)
    const reach = axesOf(Math.floor(centre + radius * wide) - from + 1).map((k) => from + k)
    const weighed = reach
      .map((k) => [k, at(Math.abs(k - centre) / wide)] as const)
      .filter(([k, w]) => w !== 0 && (border === 'repeat' || (k >= 0 && k < n)))
    const total = weighed.reduce((s, [, w]) => s + w, 0)
    return weighed.map(([k, w]) => [Math.min(Math.max(k, 0), n - 1), w / total])
  }
}
const covered =
  (n: number, size: number) =>
  (i: number): Taps => {
    const [from, to] = [Math.floor((i * n) / size), Math.ceil(((i + 1) * n) / size)]
    return axesOf(to - from).map((k) => [from + k, 1 / (to - from)])
  }
const tapsOf = (options: ResizeOptions, n: number, size: number): readonly Taps[] => {
  const nearest =
    (shift: number) =>
    (i: number): Taps => [[Math.min(Math.floor(((i + shift) * n) / size), n - 1), 1]]
  const taps = (): ((i: number) => Taps) => {
    switch (options.method ?? 'linear') {
      case 'nearest':
        return nearest(0.5)
      case 'nearestFloor':
        return nearest(0)
      case 'area':
        return covered(n, size)
      case 'linear':
      case 'cubic':
      case 'lanczos3':
      case 'lanczos5':
        return filtered(options, n, size)
    }
  }
  return axesOf(size).map(taps())
}
/** Every output as the weighted sum of its taps; a shorter list is filled up with weights of 0. */
const resizeAxis = (axis: number, taps: readonly Taps[], x: Expr): Expr => {
  const width = Math.max(...taps.map((t) => t.length))
  const table = taps.flatMap((t) => axesOf(width).map((k) => t[k] ?? ([t[0]?.[0] ?? 0, 0] as const)))
  const shape = width === 1 ? [taps.length] : [taps.length, width]
  const rows = gather(
    moveAxis(axis, 0)(x),
    intTensor(
      shape,
      table.map(([at]) => at),
    ),
  )
  const weights = table.map(([, w]) => w)
  if (width === 1) return moveAxis(0, axis)(rows)
  const weight = reshape([...shape, ...axesOf(rankOf(x) - 1).map(() => 1)])(tensor(shape, weights))
  return moveAxis(0, axis)(sum(1)(mul(rows, weight)))
}

// -- all axes --------------------------------------------------------------------------------------------------------

const problemOf = (options: ResizeOptions, axes: Shape, sizes: Shape, x: Expr): Problem | undefined =>
  notAmong('method', options.method ?? 'linear', methods) ??
  notAmong('border', options.border ?? 'renormalize', ['renormalize', 'repeat']) ??
  notFinite('coefficient', options.coefficient ?? 0) ??
  notReal(x) ??
  optionsProblem(axes.length, { size: { least: 1, values: sizes } }) ??
  unless(
    axes.every((axis) => sizeAt(x, axis) > 0),
    'size',
    'cannot be reached from an axis without elements',
  )
/**
 * An image of another size, along every spatial axis apart: out[i] = sum_k w[i, k] x[k], with weights that add up to 1.
 *
 * Shape:   [C, ...H] -> [C, ...size]; a size that is a number is that of every axis but the first
 * Options: method, antialias, alignCorners, coefficient, border: see ResizeOptions. The defaults are those of
 *          jax.image.resize. torch.nn.functional.interpolate: 'bilinear' is { antialias: false }, 'bicubic' is
 *          { method: 'cubic', antialias: false, coefficient: -0.75, border: 'repeat' }, 'bicubic' with antialias is
 *          { method: 'cubic' }, 'nearest' is 'nearestFloor', 'nearest-exact' is 'nearest'
 * Cost:    as many multiplications per output and axis as the kernel has taps: 2 for linear, 4 for cubic, more where
 *          antialias widens it
 * Errors:  InvalidAttribute, ElementType
 *
 * @example
 * const f = programOrThrow(real(1, 2), (x) => resize(4, { method: 'linear' })(x))
 * evaluate(f.closed, [Float64Array.of(0, 4)]) // => [[0, 1, 3, 4]]
 */
export const resize = operation(
  'resize(size, options?{method antialias alignCorners coefficient border})(x: real)',
  <const N extends PerAxis>(size: N, options: ResizeOptions = {}) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Resized<S, N>, 'real'> => {
      const e: Expr = x
      const axes = spatialAxes(e, size)
      const sizes = each(size, axes.length, 1)
      return derived('resize', [e], problemOf(options, axes, sizes, e), () =>
        axes.reduce((y, axis, d) => {
          const [n, to] = [sizeAt(e, axis), nth(sizes, d)]
          return n === to ? y : resizeAxis(axis, tapsOf(options, n, to), y)
        }, e),
      ) as Expr<Resized<S, N>, 'real'>
    },
)
