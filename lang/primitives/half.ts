/**
 * Numbers of 16 bits: rounding to them, to nearest, ties to even. The precision of arithmetic belongs to the back end; these
 * operations say which numbers are stored (docs/decisions/025-precision.md).
 *
 *   float16     1 sign, 5 exponent, 10 fraction     subnormal below 2^-14, infinite from 65520 on
 *   bfloat16    1 sign, 8 exponent,  7 fraction     the range of float32
 */
import * as E from 'fp-ts/lib/Either.js'
import { fn, kernel, num, type Scalar } from '../kernel/index.ts'
import { ill } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { noAttrs } from '../syntax/plain.ts'
import { real, type Shape } from '../syntax/shape.ts'
import { apply, type Entry, type LinearMap } from './entry.ts'
import type { NoAttrs } from './pointwise.ts'

interface Bits {
  /** Of the fraction. */
  readonly fraction: number
  /** The exponent of the smallest normal number, and of the first power of two that is infinite. */
  readonly exponents: readonly [least: number, beyond: number]
}
const identity: LinearMap = { push: (t) => t, pull: (ct) => ct }
const times = (x: Scalar, c: number): Scalar => fn('mul', x, num(c))
const below = (c: number, x: Scalar): Scalar => fn('le', num(c), fn('abs', x))

/**
 * x times powers of two until 1 <= |x| < 2, or below 1 for subnormal numbers; rounded to a multiple of 2^-fraction; and
 * back. All products with powers of two are exact, so any precision above the format's gives the same bits.
 */
const rounded = ({ fraction, exponents: [least, beyond] }: Bits, x: Scalar): Scalar => {
  // 1 / 2^least overflows nothing that is small; float16 reads all numbers as small
  const small = fn('lt', fn('abs', x), num(1))
  const scaled = (y: Scalar, c: number): Scalar => (least > -64 ? times(y, c) : fn('select', small, times(y, c), y))
  let y = scaled(x, 2 ** -least)
  let unit = num(1)
  for (let k = least > -64 ? 16 : 64; k >= 1; k /= 2) {
    const large = below(2 ** k, y)
    unit = fn('select', large, times(unit, 2 ** k), unit)
    y = fn('select', large, times(y, 2 ** -k), y)
  }
  const nearest = times(fn('round', times(y, 2 ** fraction)), 2 ** -fraction)
  const back = scaled(fn('mul', nearest, unit), 2 ** least)
  return fn('select', below(2 ** beyond, back), times(back, Number.POSITIVE_INFINITY), back)
}
const entryOf = <F extends string>(name: F, latex: string, bits: Bits): Entry<NoAttrs, [0], F> => ({
  name,
  sentence: `rounds to the nearest ${name}, ties to even; derivative 1`,
  latex,
  algebra: { idempotent: true },
  examples: [{ attrs: noAttrs, args: [real(3)], declared: 'identity' }],
  batch: { lift: (a) => a },
  type: (_, [x]) =>
    x.dtype === 'real' ? E.right([x]) : ill({ _tag: 'ElementType', expected: ['real'], found: [x.dtype] }),
  derivative: () => [identity],
  meaning: (_, [x]) => kernel((i) => rounded(bits, x.at(i))),
})
const float16Entry = entryOf('float16', '\\operatorname{f16}($0)', { fraction: 10, exponents: [-14, 16] })
const bfloat16Entry = entryOf('bfloat16', '\\operatorname{bf16}($0)', { fraction: 7, exponents: [-126, 128] })

/**
 * Rounds to the nearest float16, ties to even; derivative 1. That is IEEE-754's binary16: 11 significant bits, at most 65504.
 * From 65520 on it is infinite, and below 2^-14 the spacing is 2^-24. `castGradient` rounds cotangents to 16 bits too.
 *
 * Law:     float16(float16(x)) = float16(x)
 * Cost:    about 30 operations for a number
 *
 * @example
 * const f = programOrThrow(real(4), (x) => float16(x))
 * evaluate(f.closed, [Float64Array.of(0.1, 2049, 65520, 1e-8)]) // => [[0.0999755859375, 2048, Infinity, 0]]
 */
export const float16 = operation(
  'float16(x)',
  <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => apply(float16Entry, noAttrs, x),
)
/**
 * Rounds to the nearest bfloat16, ties to even; derivative 1. That is a float32 whose last 16 bits are 0: 8 significant bits,
 * and the range of float32.
 *
 * Law:     bfloat16(bfloat16(x)) = bfloat16(x)
 * Cost:    about 45 operations for a number
 *
 * @example
 * const f = programOrThrow(real(3), (x) => bfloat16(x))
 * evaluate(f.closed, [Float64Array.of(0.1, 257, 3.4e38)]) // => [[0.10009765625, 256, Infinity]]
 */
export const bfloat16 = operation(
  'bfloat16(x)',
  <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => apply(bfloat16Entry, noAttrs, x),
)
export const halves = [float16Entry, bfloat16Entry] as const
