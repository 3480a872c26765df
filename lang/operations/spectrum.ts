/** Fourier transforms along axes, under the field's names; fourier.ts has the algorithm. All are linear. */
import { concat } from '../primitives/concat.ts'
import { like, tensor } from '../primitives/constant.ts'
import { mul, neg } from '../primitives/elementwise.ts'
import { moveAxis, reshape, reverse } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, type Shape, sizeOf } from '../syntax/shape.ts'
import { isObject } from '../syntax/tree.ts'
import type { Add, Axis, Div, FitsAxes, FitsSize, Gradual, Replaced } from '../types/index.ts'
import type { Complex } from './complex.ts'
import { axesProblem, derived, differ, notAmong, notReal, sizeAt, unless } from './derived.ts'
import { type Direction, transformed } from './fourier.ts'
import { roll, strided } from './slicing.ts'

const norms = ['backward', 'ortho', 'forward'] as const
export interface FourierOptions {
  /**
   * Where a transform of n numbers is divided: 'backward' the inverse by n, 'forward' the other by n, 'ortho' both by the
   * square root of n. Default: 'backward'.
   */
  readonly norm?: (typeof norms)[number]
}
interface Pair {
  readonly re: Expr
  readonly im: Expr
}
/** A real array is a complex one whose imaginary part is 0. */
const pairOf = (x: unknown): Pair => {
  if (isObject(x) && 're' in x && 'im' in x) return x as Pair
  const re = x as Expr
  return { re, im: like(re, 0) }
}
const scaleFor = (direction: Direction, n: number, { norm = 'backward' }: FourierOptions): number =>
  norm === 'ortho' ? 1 / Math.sqrt(n) : (norm === 'forward') === (direction === -1) ? 1 / n : 1
/** The transform along one axis. */
const along = (axis: number, direction: Direction, options: FourierOptions, { re, im }: Pair): Pair => {
  const last = moveAxis(axis, -1)
  const shape = shapeOf(last(re))
  const n = sizeAt(re, axis)
  const rows = reshape([1, sizeOf(shape.slice(0, -1)), n])
  const y = mul(transformed(concat(0)([rows(last(re)), rows(last(im))]), direction), scaleFor(direction, n, options))
  const part = (k: number): Expr => moveAxis(-1, axis)(reshape(shape)(strided(0, k, 1, 1)(y)))
  return { re: part(0), im: part(1) }
}
const problemOf = ({ re, im }: Pair, axes: Shape, { norm = 'backward' }: FourierOptions): Problem | undefined => {
  const at = axes.map((d) => axisOf(d, rankOf(re)))
  const empty: Problem = { _tag: 'EmptyAxis', shape: shapeOf(re), axes: at }
  return (
    notReal(re, im) ??
    differ(shapeOf(re), shapeOf(im)) ??
    axesProblem(at, rankOf(re)) ??
    (at.some((d) => shapeOf(re)[d] === 0) ? empty : undefined) ??
    notAmong('norm', norm, norms)
  )
}
/** Both parts of what `build` gives, or a diagnostic in their place. */
const both = (op: string, z: Pair, problem: Problem | undefined, build: (z: Pair) => Pair): Pair => {
  const result = problem === undefined ? build(z) : z
  const part = (k: 're' | 'im'): Expr => derived(op, [z.re, z.im], problem, () => result[k])
  return { re: part('re'), im: part('im') }
}
const overAxes = (
  op: string,
  axes: Shape | undefined,
  direction: Direction,
  options: FourierOptions,
  x: unknown,
): Pair => {
  const z = pairOf(x)
  const all = axes ?? axesOf(rankOf(z.re))
  return both(op, z, problemOf(z, all, options), (w) =>
    all.reduce((y, d) => along(axisOf(d, rankOf(z.re)), direction, options, y), w),
  )
}

type Signal<S extends Shape> = Expr<S, 'real'> | Complex<S>
type Transform = <const A extends number = -1>(
  axis?: A,
  options?: FourierOptions,
) => <S extends Shape>(x: Signal<S> & FitsAxes<S, A>) => Complex<S>
const one = (op: string, direction: Direction): Transform =>
  operation(
    `${op}(axis?, options?{norm})(x)`,
    (axis?: number, options: FourierOptions = {}) =>
      (x: unknown) =>
        overAxes(op, [axis ?? -1], direction, options, x),
  ) as Transform
/**
 * The discrete Fourier transform along an axis (the last by default) of a real or complex array of any length:
 * out[k] = sum over j of x[j] e^(-2 pi i j k / n).
 *
 * Options: norm ('backward'): the inverse is divided by n
 * Shape:   [..., n, ...] -> the same
 * Law:     ifft(a)(fft(a)(x)) = x; its transpose is the transform itself
 * Cost:    O(n log n). Its error is O(log n) units in the last place of the largest number
 * Errors:  AxisOutOfRange, EmptyAxis, ElementType, ShapeMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(4), (x) => fft()(x))
 * evaluate(f.closed, [Float64Array.of(0, 1, 0, 0)]).map((x) => [...x].map(Math.round)) // => [[1, 0, -1, 0], [0, -1, 0, 1]]
 */
export const fft: Transform = one('fft', -1)
/** The inverse of `fft`: out[j] = 1/n sum over k of x[k] e^(2 pi i j k / n). Options, shape, cost, errors: as fft */
export const ifft: Transform = one('ifft', 1)
type Transforms = <const A extends Shape | undefined = undefined>(
  axes?: A,
  options?: FourierOptions,
) => <S extends Shape>(x: Signal<S> & FitsAxes<S, A>) => Complex<S>
const several = (op: string, direction: Direction, usual?: Shape): Transforms =>
  operation(
    `${op}(axes?, options?{norm})(x)`,
    (axes: Shape | undefined = usual, options: FourierOptions = {}) =>
      (x: unknown) =>
        overAxes(op, axes, direction, options, x),
  ) as Transforms
/** The transform along several axes, by default all. Options, shape, errors: as fft */
export const fftn: Transforms = several('fftn', -1)
/** The inverse of `fftn`. Options, shape, errors: as fft */
export const ifftn: Transforms = several('ifftn', 1)
/** The transform along the last two axes, or two others. Options, shape, errors: as fft */
export const fft2: Transforms = several('fft2', -1, [-2, -1])
/** The inverse of `fft2`. Options, shape, errors: as fft */
export const ifft2: Transforms = several('ifft2', 1, [-2, -1])

type Half<S extends Shape, A extends number> = S[Axis<S, A>] extends infer N extends number
  ? Replaced<S, A, Add<Div<N, 2>, 1>>
  : Gradual
/**
 * The first half of the transform of a real array, n/2 + 1 numbers: the others are their conjugates. Options, cost,
 * errors: as fft
 *
 * Shape:   [..., n, ...] -> [..., floor(n / 2) + 1, ...]
 */
export const rfft = operation(
  'rfft(axis?, options?{norm})(x: real)',
  <const A extends number = -1>(axis?: A, options: FourierOptions = {}) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Complex<Half<S, A>> => {
      const z = pairOf(x)
      const at = axisOf(axis ?? -1, rankOf(z.re))
      return both('rfft', z, problemOf(z, [at], options), (w) => {
        const y = along(at, -1, options, w)
        const half = strided(at, 0, Math.floor(sizeAt(w.re, at) / 2) + 1, 1)
        return { re: half(y.re), im: half(y.im) }
      }) as Complex<Half<S, A>>
    },
)
export interface HalfOptions<N extends number = number> extends FourierOptions {
  /** The length of the result. Default: 2 (m - 1) for m numbers. */
  readonly n?: N & FitsSize<N>
}
/**
 * The real array of which a half spectrum is given: the inverse of `rfft`. The imaginary part of the first number, and of
 * the last one where n is even, has no effect. Options: n, norm. Cost, errors: as fft
 *
 * Shape:   [..., m, ...] -> [..., n, ...]
 * Law:     irfft(a, { n })(rfft(a)(x)) = x
 */
export const irfft = operation(
  'irfft(axis?, options?{norm n})(x)',
  <const A extends number = -1, const N extends number = number>(axis?: A, options: HalfOptions<N> = {}) =>
    <S extends Shape>(x: Complex<S> & FitsAxes<S, A>): Expr<Replaced<S, A, N>, 'real'> => {
      const z = pairOf(x)
      const at = axisOf(axis ?? -1, rankOf(z.re))
      const m = shapeOf(z.re)[at] ?? 0
      const n: number = options.n ?? 2 * (m - 1)
      const problem =
        problemOf(z, [at], options) ??
        unless(
          n > 0 && Math.floor(n / 2) + 1 === m,
          'n',
          `of ${n} has ${Math.floor(n / 2) + 1} numbers in half its spectrum, not ${m}`,
        )
      return derived('irfft', [z.re, z.im], problem, () => {
        const rest = (y: Expr): Expr => reverse(at)(strided(at, 1, n - m, 1)(y))
        const whole = { re: concat(at)([z.re, rest(z.re)]), im: concat(at)([z.im, neg(rest(z.im))]) }
        return along(at, 1, options, whole).re
      }) as Expr<Replaced<S, A, N>, 'real'>
    },
)

const shift = (op: string, by: (n: number) => number) =>
  operation(
    `${op}(axes?)(x)`,
    <const A extends Shape | undefined = undefined>(axes?: A) =>
      <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> => {
        const e: Expr = x
        const at = (axes ?? axesOf(rankOf(e))).map((d) => axisOf(d, rankOf(e)))
        return derived(op, [e], axesProblem(at, rankOf(e)), () =>
          at.reduce<Expr>((y, d) => roll(by(sizeAt(e, d)), d)(y), e),
        )
      },
  )
/** Moves frequency 0 to the middle of axes, by default all. Of a complex array: of each part. Errors: AxisOutOfRange */
export const fftshift = shift('fftshift', (n) => Math.floor(n / 2))
/** The inverse of `fftshift`. Errors: AxisOutOfRange */
export const ifftshift = shift('ifftshift', (n) => -Math.floor(n / 2))

const frequencies = (op: string, n: number, d: number, count: number, at: (k: number) => number): Expr =>
  derived(
    op,
    [],
    unless(Number.isInteger(n) && n > 0, 'n', 'must be a positive integer') ??
      unless(Number.isFinite(d) && d !== 0, 'd', 'must be finite and not 0'),
    () =>
      tensor<Shape>(
        [count],
        Array.from({ length: count }, (_, k) => at(k) / (n * d)),
      ),
  )
/** The frequencies of the n numbers that `fft` gives, of samples at distance d: 0, 1, ..., -2, -1 over n d. */
export const fftfreq = operation(
  'fftfreq(n, d?)',
  <const N extends number>(n: N & FitsSize<N>, d = 1): Expr<readonly [N], 'real'> =>
    frequencies('fftfreq', n, d, n, (k) => (k < n / 2 ? k : k - n)),
)
/** The frequencies of the numbers that `rfft` gives: 0, 1, ..., floor(n / 2) over n d. */
export const rfftfreq = operation(
  'rfftfreq(n, d?)',
  <const N extends number>(n: N & FitsSize<N>, d = 1): Expr<readonly [Add<Div<N, 2>, 1>], 'real'> =>
    frequencies('rfftfreq', n, d, Math.floor(n / 2) + 1, (k) => k),
)
