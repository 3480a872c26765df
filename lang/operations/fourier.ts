/**
 * Discrete Fourier transforms of any length, as contractions: Cooley and Tukey's algorithm cuts an axis of n1 n2 numbers
 * into n1 rows of n2, transforms the columns by a small matrix, turns each number by a root of unity, and transforms the
 * rows. A length with a large prime factor is a convolution with a chirp (Bluestein), of a length that is a power of 2.
 *
 * Everything here works on the last axis of an array [2, b, n]: real parts, then imaginary parts, of b rows.
 */
import { concat } from '../primitives/concat.ts'
import { tensor } from '../primitives/constant.ts'
import { contract } from '../primitives/contraction.ts'
import { add, mul, neg } from '../primitives/elementwise.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import { pad } from '../primitives/window.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import type { Shape } from '../syntax/shape.ts'
import { sizeAt } from './derived.ts'
import { strided } from './slicing.ts'

type Three = readonly [number, number, number]
type Four = readonly [number, number, number, number]
/** -1 for e^(-2 pi i jk / n), 1 for the inverse, which is not divided by n here. */
export type Direction = -1 | 1
/** e^(2 pi i m / n), from an angle of at most an eighth of a turn. */
const root = (m: number, n: number): readonly [number, number] => {
  const k = ((m % n) + n) % n
  const quarters = Math.round((4 * k) / n)
  const angle = (2 * Math.PI * (k - (quarters * n) / 4)) / n
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const turned: readonly (readonly [number, number])[] = [
    [c, s],
    [-s, c],
    [-c, -s],
    [s, -c],
  ]
  return turned[quarters % 4] as readonly [number, number]
}
/** The roots with these exponents as an array [2, ...shape]. */
const roots = (shape: Shape, n: number, exponents: readonly number[]): Expr => {
  const all = exponents.map((m) => root(m, n))
  return tensor<Shape>([2, ...shape], [...all.map(([c]) => c), ...all.map(([, s]) => s)])
}
const grid = (rows: number, columns: number, f: (i: number, j: number) => number): readonly number[] =>
  Array.from({ length: rows * columns }, (_, k) => f(Math.floor(k / columns), k % columns))

/** Lengths that one matrix transforms: longer ones are cut. */
const most = 16
/** The largest prime that a matrix transforms. */
const largestPrime = 61
const primesOf = (n: number, p = 2): readonly number[] =>
  n === 1 ? [] : p * p > n ? [n] : n % p === 0 ? [p, ...primesOf(n / p, p)] : primesOf(n, p + 1)
/** Primes joined to factors, none above `most` unless it is a prime. */
const factorsOf = (n: number): readonly number[] =>
  [...primesOf(n)].reverse().reduce<readonly number[]>((factors, p) => {
    const k = factors.findIndex((f) => f * p <= most)
    return k < 0 ? factors.concat(p) : factors.map((f, i) => (i === k ? f * p : f))
  }, [])

/** The transform of a middle axis [2, b, r, m] by the matrix of its roots of unity, in one contraction. */
const byMatrix = (x: Expr, direction: Direction): Expr => {
  const r = sizeAt(x, 2)
  const parts = grid(r, r, (j, k) => direction * j * k).map((m) => root(m, r))
  const half = (k: 0 | 1, sign: number): readonly number[] => parts.map((p) => sign * p[k])
  // [to, from, k, j]: the real part of a product is that of real parts less that of imaginary parts
  const matrix = tensor<Shape>([2, 2, r, r], [...half(0, 1), ...half(1, -1), ...half(1, 1), ...half(0, 1)])
  return contract({ x: 'dckj', y: 'cbjn', out: 'dbkn', ties: [] })(matrix, x)
}
const times = (x: Expr, w: Expr): Expr => {
  const part = (e: Expr, k: number): Expr => strided(0, k, 1, 1)(e)
  const [a, b, c, d] = [part(x, 0), part(x, 1), part(w, 0), part(w, 1)]
  return concat(0)([add(mul(a, c), neg(mul(b, d))), add(mul(a, d), mul(b, c))])
}
/**
 * Each number of [2, b, n1, n2] times e^(2 pi i j k / n) of its two indices. The second is cut as well, so that two short
 * lists of roots do, whose products have one more rounding: a program has no list as long as its array.
 */
const twiddled = (x: Expr, direction: Direction): Expr => {
  const [, b, n1, n2] = shapeOf(x) as Four
  const n = n1 * n2
  const few = n2 <= 64 ? 1 : (factorsOf(n2).find((f) => f > 1) ?? 1)
  const low = few === 1 ? n2 : few * (factorsOf(n2 / few).find((f) => f > 1) ?? 1)
  const high = n2 / low
  const list = (count: number, step: number): Expr =>
    roots(
      [1, n1, count],
      n,
      grid(n1, count, (k, j) => direction * k * j * step),
    )
  const cut = reshape([2, b, n1, high, low])(x)
  const fine = times(cut, reshape([2, 1, n1, 1, low])(list(low, 1)))
  const turned = high === 1 ? fine : times(fine, reshape([2, 1, n1, high, 1])(list(high, low)))
  return reshape([2, b, n1, n2])(turned)
}

const byFactors = (x: Expr, direction: Direction, factors: readonly number[]): Expr => {
  const [, b, n] = shapeOf(x) as Three
  const [n1, ...rest] = factors
  if (n1 === undefined) return x
  const n2 = n / n1
  const columns = byMatrix(reshape([2, b, n1, n2])(x), direction)
  if (n2 === 1) return reshape([2, b, n])(columns)
  const rows = byFactors(reshape([2, b * n1, n2])(twiddled(columns, direction)), direction, rest)
  return reshape([2, b, n])(permute([0, 1, 3, 2])(reshape([2, b, n1, n2])(rows)))
}
/** jk = (j^2 + k^2 - (k - j)^2) / 2: a product with a chirp, a convolution with its conjugate, and a product again. */
const byChirp = (x: Expr, direction: Direction): Expr => {
  const n = sizeAt(x, 2)
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1))
  const squares = Array.from({ length: n }, (_, j) => (j * j) % (2 * n))
  const chirp = roots(
    [1, n],
    2 * n,
    squares.map((s) => direction * s),
  )
  const around = roots(
    [1, 2 * n - 1],
    2 * n,
    [...squares.slice(1).reverse(), ...squares].map((s) => -direction * s),
  )
  const wide = (y: Expr): Expr => {
    const [, rows, width] = shapeOf(y) as Three
    return width === m ? y : pad({ start: [0, 0, 0], shape: [2, rows, m], stride: [1, 1, 1] })(y)
  }
  const spectrum = transformed(wide(times(x, chirp)), -1)
  const product = transformed(times(spectrum, transformed(wide(around), -1)), 1)
  return times(mul(strided(2, n - 1, n, 1)(product), 1 / m), chirp)
}
/** The sums over j of x[.., j] e^(+-2 pi i j k / n), for every k. */
export const transformed = (x: Expr, direction: Direction): Expr => {
  const n = sizeAt(x, 2)
  const factors = factorsOf(n)
  return factors.some((p) => p > largestPrime) ? byChirp(x, direction) : byFactors(x, direction, factors)
}
