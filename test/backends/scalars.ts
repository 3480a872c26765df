/**
 * Scalar functions against float64: arguments of every exponent, the special values and those where formulas change, and
 * errors in units of the last place of float32.
 */
import { functionOf } from '../../lang/kernel/functions.ts'
import type { Fn } from '../../lang/kernel/index.ts'

export type Columns = readonly (readonly number[])[]
const mantissas = Number(process.env.MANTISSAS ?? 40)
const bits = new Int32Array(1)
const asFloat = new Float32Array(bits.buffer)
const fromBits = (b: number): number => {
  bits[0] = b
  return asFloat[0] as number
}
/** Mantissas spread by the golden ratio, at every exponent, subnormal and infinite ones included. */
const everyExponent: readonly number[] = Array.from({ length: 255 * mantissas }, (_, k) => {
  const [e, m] = [Math.floor(k / mantissas), k % mantissas]
  return fromBits((e << 23) | Math.floor(2 ** 23 * ((m * 0.6180339887498949) % 1)))
}).flatMap((x) => [x, -x])
const specials = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  3,
  -3,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e-45,
  3.4028234663852886e38,
  1e9,
].map(Math.fround)
const evenly = (most: number): readonly number[] =>
  Array.from({ length: 6001 }, (_, i) => Math.fround((most * (i - 3000)) / 3000))
/** The floats around a number, of both signs. */
const around = (x: number): readonly number[] => {
  asFloat[0] = x
  const middle = bits[0] as number
  return Array.from({ length: 41 }, (_, k) => fromBits(middle + k - 20)).flatMap((y) => [y, -y])
}
/** Zeros, poles, branch points, and where results over- and underflow. */
const corners = [
  0.3,
  0.4,
  0.5,
  0.625,
  1,
  1.5,
  2,
  3.92,
  4,
  8,
  9.0109,
  10.06,
  10.2,
  14.2,
  15,
  17.9,
  44,
  87.34,
  88.38,
  88.73,
  89.4,
  103.97,
  400,
  2 ** 20,
  2.4064e38,
]
export const numbers: readonly number[] = [
  ...specials,
  ...everyExponent,
  ...[1.1, 15, 110].flatMap(evenly),
  ...corners.flatMap(around),
]
/** Pairs of every exponent, near 1, of the same size, and of the special values. */
export const pairs = (): Columns => {
  const near = everyExponent.map((_, k) => Math.fround(4 * Math.sin(0.37 * k + 0.2)))
  const other = everyExponent.map((_, k) => everyExponent[(k * 7919 + 13) % everyExponent.length] as number)
  const close = everyExponent.map((x, k) => Math.fround(x * (0.5 + ((k * 0.618) % 1))))
  const [xs, ys] = [specials.flatMap((x) => specials.map(() => x)), specials.flatMap(() => specials)]
  return [
    [...xs, ...everyExponent, ...near, ...everyExponent, ...everyExponent],
    [...ys, ...other, ...near.map((x, k) => Math.fround(x * 3 + k)), ...near, ...close],
  ]
}

/** The distance of neighbours at x in float32. */
const unit = (x: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x)))) - 23)
const ulps = (found: number, exact: number): number => {
  if (Object.is(found, Math.fround(exact)) || (Number.isNaN(found) && Number.isNaN(exact))) return 0
  if (exact === 0 && found === 0) return Number.POSITIVE_INFINITY // zeros of different sign
  if (exact === 0 || Math.fround(exact) === 0) return Math.abs(found) / 2 ** -149
  const e = Number.isFinite(Math.fround(exact)) ? exact : Math.sign(exact) * 2 ** 128
  const f = Number.isFinite(found) ? found : Math.sign(found) * 2 ** 128
  return Number.isNaN(f) || Number.isNaN(e) ? Number.POSITIVE_INFINITY : Math.abs(f - e) / unit(e)
}
/** The largest error, and where: the arguments and the result. */
export const worst = (
  name: Fn,
  found: ArrayLike<number>,
  columns: Columns,
  counts: (xs: readonly number[]) => boolean = () => true,
): readonly [error: number, at: readonly number[]] => {
  const exact = functionOf(name, 'real')
  let [error, at] = [0, [] as readonly number[]]
  for (let k = 0; k < found.length; k++) {
    const xs = columns.map((c) => c[k] as number)
    const y = found[k] as number
    const e = counts(xs) ? ulps(y, exact(xs[0] as number, xs[1] ?? 0, 0)) : 0
    if (e > error) [error, at] = [e, [...xs, y]]
  }
  return [error, at]
}
