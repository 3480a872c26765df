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
 * Math.cos.
 */
import * as E from 'fp-ts/lib/Either.js'
import { orThrow } from '../../lang/syntax/error.ts'
import { isSize } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'

/** 64 bits, as two unsigned 32-bit words. */
export interface Key {
  readonly high: number
  readonly low: number
}

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const

/**
 * Threefry-2x32 with 20 rounds: `out[at], out[at + 1]` = the cipher of the counter (c0, c1) under the key.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), and their
 * Random123 library, whose known answers the tests repeat. JAX draws from the same function.
 */
export const threefry = (key: Key, c0: number, c1: number, out: Uint32Array, at: number): void => {
  const k0 = key.high | 0
  const k1 = key.low | 0
  const k2 = k0 ^ k1 ^ 0x1bd11bda
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  // Five groups of four rounds; after group g the key words are added, rotated by g, with g itself.
  for (let group = 1; group <= 5; group++) {
    const first = group % 2 === 1 ? 0 : 4
    for (let r = first; r < first + 4; r++) {
      const bits = rotations[r] ?? 0
      x0 = (x0 + x1) | 0
      x1 = ((x1 << bits) | (x1 >>> (32 - bits))) ^ x0
    }
    x0 = (x0 + (group % 3 === 0 ? k0 : group % 3 === 1 ? k1 : k2)) | 0
    x1 = (x1 + (group % 3 === 0 ? k1 : group % 3 === 1 ? k2 : k0) + group) | 0
  }
  out[at] = x0
  out[at + 1] = x1
}

/** Throws the diagnostic of an argument that breaks a rule. TypeScript knows that it is a number, but not which. */
const refuse = (op: string, attribute: string, rule: string): never =>
  orThrow(E.left([{ problem: { _tag: 'InvalidAttribute', attribute, rule }, op, types: [], site: callSite() }]))
const checkCount = (op: string, n: number): void => {
  if (!isSize(n)) refuse(op, 'n', `is ${n}, not a number of things`)
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
    const words = new Uint32Array(2)
    const out = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      threefry(key, i, 0, words, 0)
      const [high = 0, low = 0] = words
      // 27 bits above 26 bits: (high / 2^5) 2^26 + low / 2^6, over 2^53
      out[i] = ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
    }
    return out
  }

/**
 * n numbers of the standard normal distribution: the quantiles of `uniform(n)(key)`. Their absolute values are below
 * 8.3.
 */
export const normal =
  (n: number) =>
  (key: Key): Float64Array =>
    uniform(n)(key).map((u) => normalQuantile(Math.max(u, 2 ** -54)))

/**
 * 0 .. n - 1 in random order. All orders are equally likely, up to n 2^-53.
 *
 * Source: Fisher and Yates, in Durstenfeld's form (CACM algorithm 235)
 */
export const permutation =
  (n: number) =>
  (key: Key): Int32Array => {
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

/**
 * The quantile function of the standard normal distribution: the x with P(X <= x) = p, for 0 < p < 1. Its relative
 * error is below 1.2e-9.
 *
 * Law:     normalQuantile(1 - p) = -normalQuantile(p)
 * Source:  P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution
 *          function" (2003)
 */
export const normalQuantile = (p: number): number => {
  if (p > 1 - tail) return -normalQuantile(1 - p)
  if (p < tail) {
    const q = Math.sqrt(-2 * naturalLog(p))
    return horner(tailTop, q) / (horner(tailBottom, q) * q + 1)
  }
  const q = p - 0.5
  const r = q * q
  return (q * horner(middleTop, r)) / (horner(middleBottom, r) * r + 1)
}

const tail = 0.02425

// Acklam's a, b (middle) and c, d (tails). The constant 1 that ends his denominators is left out.
const middleTop = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const middleBottom = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
]
const tailTop = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailBottom = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

/** c0 x^n + c1 x^(n-1) + ... + cn */
const horner = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, c) => sum * x + c, 0)

/** ln p for 0 < p <= 1, the same bits on every engine: ln(2^-k m) = 2 artanh((m-1)/(m+1)) - k ln 2, 1/2 < m <= 1 */
const naturalLog = (p: number): number => {
  let m = p
  let k = 0
  while (m <= 0.5) {
    m *= 2
    k++
  }
  const s = (m - 1) / (m + 1)
  // artanh s = s + s^3/3 + s^5/5 + ...; |s| <= 1/3, so 17 terms reach the last bit
  let series = 0
  for (let odd = 33; odd >= 1; odd -= 2) series = series * s * s + 1 / odd
  return 2 * s * series - k * Math.LN2
}
