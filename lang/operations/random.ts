/**
 * Randomness from an explicit key. A key is data, an int [3]; nothing is advanced: the same key gives the same numbers on
 * every back end, and two uses are made independent by two children of the key (`splitKey`, `foldIn`). Use a key for
 * one draw, or for its children, not for both uses of one function.
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
import { type Shape, sizeOf } from '../syntax/shape.ts'
import type { Reduced } from '../types/index.ts'
import { concatAll, sizeAt } from './derived.ts'

export type Key = Expr<readonly [3], 'int'>
const word = 2 ** 24

/** The key of a seed. Law: integers from 0 to 2^53 have different keys; a fraction counts as its floor. */
export const randomKey = (seed: number): Key => {
  const whole = Math.floor(seed)
  const part = (by: number): number => ((Math.floor(whole / by) % word) + word) % word
  return intTensor([3], [part(1), part(word), part(word * word)])
}

/** A counter for every element of a shape. */
const counters = (shape: Shape): Expr => reshape(shape)(iota([Math.max(1, sizeOf(shape))]))
/** Stream 0 is for draws; the words of a child are streams 1 to 3. */
const child = (key: Key, counter: Expr): Expr => {
  const n = sizeAt(counter, 0)
  const words = [1, 2, 3].map((stream) => reshape([n, 1])(toInt(mul(random(stream)(key, counter), word))))
  return concatAll(1, words)
}
/** The i-th child of a key; i is a number or an integer expression, modulo 2^24. Law: foldIn(i)(k) = splitKey(n)(k)[i] */
export const foldIn =
  (i: number | Expr<readonly [], 'int'>) =>
  (key: Key): Key => {
    const counter = typeof i === 'number' ? intTensor([1], [i]) : reshape([1])(i)
    return reshape([3])(child(key, counter))
  }
/** The first n children of a key: as many independent keys. Shape: [3] -> [n, 3] */
export const splitKey =
  <const N extends number>(n: N) =>
  (key: Key): Expr<readonly [N, 3], 'int'> =>
    child(key, iota([n]))

/** Uniform in [0, 1): multiples of 2^-24. At most 2^24 numbers from one key. */
export const uniform =
  <const S extends Shape>(shape: S) =>
  (key: Key): Expr<S, 'real'> =>
    random(0)(key, counters(shape))

/** Uniform in (-1, 1): odd multiples of 2^-24, so never 0 or an end, and as often negative as positive. */
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
 * The inverse of erf on (-1, 1), to a relative error of 4e-7.
 *
 * Source: M. Giles, "Approximating the erfinv function", GPU Computing Gems Jade Edition (2011), single precision
 */
export const erfInv = <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => {
  const w = neg(log(mul(sub(1, x), add(1, x))))
  return mul(x, select(lt(w, 5), central(sub(w, 2.5)), tail(sub(sqrt(max(w, 5)), 3))))
}

/** Standard normal, by the inverse of its distribution function. Values reach 5.3; their error is at most 4e-7 relative. */
export const normal =
  <const S extends Shape>(shape: S) =>
  (key: Key): Expr<S, 'real'> =>
    mul(erfInv(symmetric(shape)(key)), Math.SQRT2)
/** Standard normal, given that it lies between two bounds. */
export const truncatedNormal =
  <const S extends Shape>(shape: S, low = -2, high = 2) =>
  (key: Key): Expr<S, 'real'> => {
    const [a, b] = [erf(low / Math.SQRT2), erf(high / Math.SQRT2)]
    const x = add(mul(symmetric(shape)(key), (b - a) / 2), (a + b) / 2)
    return min(max(mul(erfInv(x), Math.SQRT2), low), high)
  }

/** Truth values that hold with probability p, a number or an expression that broadcasts to the shape. */
export const bernoulli =
  <const S extends Shape>(p: number | Expr, shape: S) =>
  (key: Key): Expr<S, 'bool'> =>
    lt(uniform(shape)(key), p)
const gapsOf = (u: Expr): Expr => max(neg(log(sub(1, u))), 2 ** -25)
/** Exponential with mean 1: from 0.5 2^-24 to 16.6. */
export const exponential =
  <const S extends Shape>(shape: S) =>
  (key: Key): Expr<S, 'real'> =>
    gapsOf(uniform(shape)(key))
/**
 * An index along the last axis, with probability softmax(logits): the largest of the logits plus Gumbel noise.
 *
 * Shape:   [..., n] -> int [...]
 */
export const categorical =
  <S extends Shape>(logits: Expr<S, 'real'>) =>
  (key: Key): Expr<Reduced<S, -1>, 'int'> => {
    const noisy: Expr = sub(logits, log(exponential(shapeOf(logits))(key)))
    return argmax(-1)(noisy)
  }
/** 0 .. n - 1 in random order. Two of the numbers sorted tie with probability below n^2 / 2^25; then the smaller index is first. */
export const permutation =
  <const N extends number>(n: N) =>
  (key: Key): Expr<readonly [N], 'int'> =>
    argsort()(uniform([n])(key))
