/**
 * Randomness from an explicit key. A key is data, an int [3], and has no state: the same key gives the same numbers on
 * every back end. Use a key for one draw only; two draws that are to be independent take two children of a key
 * (`splitKey`, `foldIn`).
 *
 * All distributions are functions of uniform numbers that are multiples of 2^-24.
 */

import { intTensor, iota } from '../primitives/constant.ts'
import { log, lt, max, mul, neg, sub, toInt } from '../primitives/elementwise.ts'
import { refuse } from '../primitives/entry.ts'
import { argsort } from '../primitives/indexing.ts'
import { random } from '../primitives/random.ts'
import { argmax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsDims, FitsSize, Reduced } from '../types/index.ts'
import { concatAll, derived, sizeAt, unless, wrong } from './derived.ts'

/** The key of a random draw: three integers from 0 to 2^24 - 1. */
export type Key = Expr<readonly [3], 'int'>
type Words = readonly [number, number, number]
const word = 2 ** 24

/** 24 bits of a number of 24 bits, every one of which changes half of them. Source: A. Appleby, MurmurHash3 (fmix32) */
const scattered = (x: number): number => {
  const a = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return (b ^ (b >>> 16)) >>> 8
}
/**
 * Words that look like chance, so that neighbouring seeds have unrelated keys. Each word in turn is changed by a hash of
 * the word before: this can be undone, so that different words stay different.
 */
const whitened = (words: Words): Words => {
  const w = [...words] as [number, number, number]
  for (let i = 0; i < 9; i++)
    w[i % 3] = (w[i % 3] as number) ^ scattered((w[(i + 2) % 3] as number) + 0x9e3779b * (i + 1))
  return w
}

/**
 * The key of a seed. A fraction counts as its floor, NaN and infinities as 0.
 *
 * Law:     two integers in -2^53 .. 2^53 have different keys
 * Errors:  InvalidAttribute for a seed that is no number
 *
 * @example
 * const f = programOrThrow([], () => uniform([2, 3])(randomKey(7)))
 * f.out.shape // => [2, 3]
 */
export const randomKey = operation('randomKey(seed)', (seed: number): Key => {
  if (typeof seed !== 'number') return refuse('randomKey', wrong('seed', 'must be a number'), []) as Key
  const whole = Number.isFinite(seed) ? Math.floor(seed) : 0
  const part = (by: number): number => ((Math.floor(whole / by) % word) + word) % word
  return intTensor([3], whitened([part(1), part(word), part(word * word)]))
})

/** A counter for every element of a shape. */
const counters = (shape: Shape): Expr => reshape(shape)(iota([sizeOf(shape)]))
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
  const counter = typeof i === 'number' ? intTensor([1], [i % word]) : reshape([1])(i)
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
  <const N extends number>(n: N & FitsSize<N>) =>
    (key: Key): Expr<readonly [N, 3], 'int'> =>
      child(key, iota([n])),
)

/** Uniform numbers in [0, 1), which are multiples of 2^-24. One key gives at most 2^24 numbers. */
export const uniform = operation(
  'uniform(shape)(key)',
  <const S extends Shape>(shape: S & FitsDims<S>) =>
    (key: Key): Expr<S, 'real'> =>
      random(0)(key, counters(shape)),
)

/**
 * Truth values that are true with probability p: a number, or an expression that broadcasts to the shape.
 *
 * Errors:  InvalidAttribute for a number that is not from 0 to 1
 */
export const bernoulli = operation(
  'bernoulli(p!, shape)(key)',
  <const S extends Shape>(p: number | Expr, shape: S & FitsDims<S>) =>
    (key: Key): Expr<S, 'bool'> => {
      const problem = unless(typeof p !== 'number' || (p >= 0 && p <= 1), 'p', 'must be from 0 to 1')
      return derived('bernoulli', [key], problem, () => lt(uniform(shape)(key), p)) as Expr<S, 'bool'>
    },
)
/** -ln(1 - u) for a uniform u: exponential with mean 1. */
const gapsOf = (u: Expr): Expr => max(neg(log(sub(1, u))), 2 ** -25)
/** Exponential numbers with mean 1, from 2^-25 to 16.6. */
export const exponential = operation(
  'exponential(shape)(key)',
  <const S extends Shape>(shape: S & FitsDims<S>) =>
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
  <const N extends number>(n: N & FitsSize<N>) =>
    (key: Key): Expr<readonly [N], 'int'> =>
      argsort()(uniform<readonly [N]>([n])(key)),
)
