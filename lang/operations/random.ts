/**
 * Randomness from an explicit key. A key is data, an int [3], and has no state: the same key gives the same numbers on
 * every back end. Use a key for one draw only; two draws that are to be independent take two children of a key
 * (`splitKey`, `foldIn`).
 *
 * All distributions are functions of uniform numbers that are multiples of 2^-24.
 */

import { erf } from '../kernel/erf.ts'
import { constant, intTensor, iota } from '../primitives/constant.ts'
import { add, log, lt, max, min, mul, neg, select, sqrt, sub, toInt } from '../primitives/elementwise.ts'
import { argsort } from '../primitives/indexing.ts'
import { random } from '../primitives/random.ts'
import { argmax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sizeOf } from '../syntax/shape.ts'
import type { Reduced } from '../types/index.ts'
import { concatAll, sizeAt } from './derived.ts'

/** The key of a random draw: three integers from 0 to 2^24 - 1. */
export type Key = Expr<readonly [3], 'int'>
const word = 2 ** 24

/**
 * The key of a seed. A fraction counts as its floor.
 *
 * Law:     the integers from 0 to 2^53 have different keys
 *
 * @example
 * const f = programOrThrow([], () => uniform([2, 3])(randomKey(7)))
 * f.out.shape // => [2, 3]
 */
export const randomKey = operation('randomKey(seed)', (seed: number): Key => {
  const whole = Math.floor(seed)
  const part = (by: number): number => ((Math.floor(whole / by) % word) + word) % word
  return intTensor([3], [part(1), part(word), part(word * word)])
})

/** A counter for every element of a shape. */
const counters = (shape: Shape): Expr => reshape(shape)(iota([Math.max(1, sizeOf(shape))]))
/** Children of a key, one per counter. Stream 0 is for draws; the words of a child are streams 1 to 3. */
const child = (key: Key, counter: Expr): Expr => {
  const n = sizeAt(counter, 0)
  const words = [1, 2, 3].map((stream) => reshape([n, 1])(toInt(mul(random(stream)(key, counter), word))))
  return concatAll(1, words)
}
/**
 * The i-th child of a key. i is a number or an integer expression, for example the step of a loop; it is taken modulo
 * 2^24.
 *
 * Law:     foldIn(i)(k) = splitKey(n)(k)[i]
 */
export const foldIn = operation('foldIn(i!)(key)', (i: number | Expr<readonly [], 'int'>) => (key: Key): Key => {
  const counter = typeof i === 'number' ? intTensor([1], [i]) : reshape([1])(i)
  return reshape([3])(child(key, counter))
})
/**
 * The first n children of a key: n independent keys.
 *
 * Shape:   int [3] -> int [n, 3]
 *
 * @example
 * const keys = splitKey(2)(randomKey(0))
 * const f = programOrThrow([], () => [normal([3])(take(0, 0)(keys)), normal([3])(take(0, 1)(keys))])
 * f.out.length // => 2
 */
export const splitKey = operation(
  'splitKey(n)(key)',
  <const N extends number>(n: N) =>
    (key: Key): Expr<readonly [N, 3], 'int'> =>
      child(key, iota([n])),
)

/** Uniform numbers in [0, 1), which are multiples of 2^-24. One key gives at most 2^24 numbers. */
export const uniform = operation(
  'uniform(shape)(key)',
  <const S extends Shape>(shape: S) =>
    (key: Key): Expr<S, 'real'> =>
      random(0)(key, counters(shape)),
)

/** Uniform in (-1, 1): odd multiples of 2^-24, so never -1, 0 or 1, and negative as often as positive. */
const symmetric =
  (shape: Shape) =>
  (key: Key): Expr =>
    add(sub(mul(uniform(shape)(key), 2), 1), 2 ** -24)
const polynomial =
  (coefficients: readonly number[]) =>
  (w: Expr): Expr =>
    coefficients.slice(1).reduce<Expr>((p, c) => add(mul(p, w), c), constant(shapeOf(w), nth(coefficients, 0)))
const central = polynomial([
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
])
const tail = polynomial([
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
])
/**
 * The inverse of erf on (-1, 1), with a relative error of at most 4e-7.
 *
 * Source: M. Giles, "Approximating the erfinv function", GPU Computing Gems Jade Edition (2011), single precision
 */
export const erfInv = operation('erfInv(x)', <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => {
  const w = neg(log(mul(sub(1, x), add(1, x))))
  return mul(x, select(lt(w, 5), central(sub(w, 2.5)), tail(sub(sqrt(max(w, 5)), 3))))
})

/** Standard normal numbers, by the inverse of the distribution function. They lie in -5.3 .. 5.3, to 4e-7 relative. */
export const normal = operation(
  'normal(shape)(key)',
  <const S extends Shape>(shape: S) =>
    (key: Key): Expr<S, 'real'> =>
      mul(erfInv(symmetric(shape)(key)), Math.SQRT2),
)
/** Standard normal numbers under the condition that they lie between two bounds. Defaults: low = -2, high = 2 */
export const truncatedNormal = operation(
  'truncatedNormal(shape, low?, high?)(key)',
  <const S extends Shape>(shape: S, low = -2, high = 2) =>
    (key: Key): Expr<S, 'real'> => {
      const [a, b] = [erf(low / Math.SQRT2), erf(high / Math.SQRT2)]
      const x = add(mul(symmetric(shape)(key), (b - a) / 2), (a + b) / 2)
      return min(max(mul(erfInv(x), Math.SQRT2), low), high)
    },
)

/** Truth values that are true with probability p: a number, or an expression that broadcasts to the shape. */
export const bernoulli = operation(
  'bernoulli(p!, shape)(key)',
  <const S extends Shape>(p: number | Expr, shape: S) =>
    (key: Key): Expr<S, 'bool'> =>
      lt(uniform(shape)(key), p),
)
/** -ln(1 - u) for a uniform u: exponential with mean 1. */
const gapsOf = (u: Expr): Expr => max(neg(log(sub(1, u))), 2 ** -25)
/** Exponential numbers with mean 1, from 2^-25 to 16.6. */
export const exponential = operation(
  'exponential(shape)(key)',
  <const S extends Shape>(shape: S) =>
    (key: Key): Expr<S, 'real'> =>
      gapsOf(uniform(shape)(key)),
)
/**
 * A random index along the last axis, i with probability softmax(logits)[i]: the largest of the logits plus Gumbel
 * noise.
 *
 * Shape:   [..., n] -> int [...]
 * Errors:  AxisOutOfRange, ElementType
 */
export const categorical = operation(
  'categorical(logits!)(key)',
  <S extends Shape>(logits: Expr<S, 'real'>) =>
    (key: Key): Expr<Reduced<S, -1>, 'int'> => {
      const noisy: Expr = sub(logits, log(exponential(shapeOf(logits))(key)))
      return argmax(-1)(noisy)
    },
)
/**
 * The integers 0 .. n - 1 in random order, by sorting n uniform numbers. Two of them are equal with a probability below
 * n^2 / 2^25; then the smaller index comes first.
 */
export const permutation = operation(
  'permutation(n)(key)',
  <const N extends number>(n: N) =>
    (key: Key): Expr<readonly [N], 'int'> =>
      argsort()(uniform([n])(key)),
)
