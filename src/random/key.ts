/**
 * Randomness outside programs, from an explicit key. The names are those of randomness inside programs
 * (lang/operations/random.ts); only the carrier differs: a key is two words here and an int [3] there.
 *
 * A key is a value: the same function of the same key returns the same numbers, on every engine. Use a key for one
 * draw, or to derive its children (`splitKey`, `foldIn`), not for both. The numbers are a hash of (key, counter), so
 * the n-th costs as much as the first.
 *
 *   stream 0 of a key:  counter (i, 0) -> 64 bits -> the i-th uniform number
 *   stream 1 of a key:  counter (i, 1) -> 64 bits -> the i-th child
 *
 * Only integer operations, + - * / and sqrt are used. IEEE-754 fixes every bit of them, but not of Math.log and
 * Math.cos. The hash is in threefry.ts.
 */
import * as E from 'fp-ts/lib/Either.js'
import { orThrow } from '../../lang/syntax/error.ts'
import { isSize } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { drawn } from './draws.ts'
import { type Key, threefry } from './threefry.ts'

export { normalQuantile } from './quantile.ts'
export type { Key } from './threefry.ts'

/** Throws the diagnostic of an argument that breaks a rule. TypeScript knows that it is a number, but not which. */
const refuse = (op: string, attribute: string, rule: string): never =>
  orThrow(E.left([{ problem: { _tag: 'InvalidAttribute', attribute, rule }, op, types: [], site: callSite() }]))
const checkCount = (op: string, n: number): void => {
  if (!isSize(n)) refuse(op, 'n', `is ${n}; it must be a whole number, 0 or more`)
}

/**
 * The key of a seed, an integer; a fraction counts as its floor, NaN and infinities as 0.
 *
 * Law:     two integers in -2^53 .. 2^53 have different keys
 * Errors:  thrown: InvalidAttribute for a seed that is no number
 */
export const randomKey = (seed: number): Key => {
  if (typeof seed !== 'number') refuse('randomKey', 'seed', 'must be a number')
  const whole = Number.isFinite(seed) ? Math.floor(seed) : 0
  return { high: Math.floor(whole / 2 ** 32) >>> 0, low: whole >>> 0 }
}

/**
 * The i-th child of a key, 0 <= i < 2^32.
 *
 * Law:     foldIn(i)(k) = splitKey(n)(k)[i], for every n > i
 * Errors:  thrown: InvalidAttribute for another i
 */
export const foldIn =
  (i: number) =>
  (key: Key): Key => {
    if (!Number.isInteger(i) || i < 0 || i >= 2 ** 32)
      refuse('foldIn', 'i', `is ${i}; it must be a whole number from 0 to 2^32 - 1`)
    const words = new Uint32Array(2)
    threefry(key, i, 1, words, 0)
    const [high = 0, low = 0] = words
    return { high, low }
  }

/** n keys: a tuple where n is a small literal, so that destructured keys are never undefined. */
export type Keys<N extends number> = N extends keyof Tuples ? Tuples[N] : readonly Key[]
interface Tuples {
  readonly 1: readonly [Key]
  readonly 2: readonly [Key, Key]
  readonly 3: readonly [Key, Key, Key]
  readonly 4: readonly [Key, Key, Key, Key]
}
/** The first n children of a key: n independent keys. */
export const splitKey =
  <const N extends number>(n: N) =>
  (key: Key): Keys<N> => {
    checkCount('splitKey', n)
    // the array has n keys, as the tuple says
    return Array.from({ length: n }, (_, i) => foldIn(i)(key)) as readonly Key[] as Keys<N>
  }

/**
 * n numbers in [0, 1), each a multiple of 2^-53, uniform and independent.
 *
 * Law: uniform(m)(k) is a prefix of uniform(n)(k), for m <= n
 */
export const uniform =
  (n: number) =>
  (key: Key): Float64Array => {
    checkCount('uniform', n)
    return drawn('uniform', key, n)
  }

/**
 * n numbers of the standard normal distribution: the quantiles of `uniform(n)(key)`. Their absolute values are below
 * 8.3.
 */
export const normal =
  (n: number) =>
  (key: Key): Float64Array => {
    checkCount('normal', n)
    return drawn('normal', key, n)
  }

/**
 * 0 .. n - 1 in random order. All orders are equally likely, up to n 2^-53.
 *
 * Source: Fisher and Yates, in Durstenfeld's form (CACM algorithm 235)
 */
export const permutation =
  (n: number) =>
  (key: Key): Int32Array => {
    checkCount('permutation', n)
    const draws = uniform(n)(key)
    const out = Int32Array.from({ length: n }, (_, i) => i)
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor((draws[i] ?? 0) * (i + 1))
      const kept = out[i] ?? 0
      out[i] = out[j] ?? 0
      out[j] = kept
    }
    return out
  }
