/** The types of order, search, counting and Fourier transforms: shapes, and what is refused at the argument. */

import * as E from 'fp-ts/lib/Either.js'
import { expect, expectTypeOf, test } from 'vitest'
import { filled } from '../../lang/primitives/constant.ts'
import {
  bincount,
  type Complex,
  complex,
  convolve,
  cumMax,
  type Diagnostics,
  diff,
  type Expr,
  fft,
  gradient,
  histogram,
  int,
  interp,
  irfft,
  kthvalue,
  median,
  nonzero,
  program,
  quantile,
  real,
  rfft,
  rot90,
  type Shape,
  searchsorted,
  segmentMax,
  showDiagnostic,
  type Type,
  tensordot,
  trapezoid,
  unique,
} from '../../src/index.ts'

type Real<S extends Shape> = Expr<S, 'real'>
const of = <S extends Shape, D extends 'real' | 'int' | 'bool'>({ dtype, shape }: Type<S, D>): Expr<S, D> =>
  filled(dtype, shape, 0)
const x = of(real(3, 8))

test('shapes', () => {
  expectTypeOf(median(0)(x)).toEqualTypeOf<Real<readonly [8]>>()
  expectTypeOf(quantile([0.1, 0.9], 1)(x)).toEqualTypeOf<Real<readonly [2, 3]>>()
  expectTypeOf(quantile(0.1, 1, { keep: true })(x)).toEqualTypeOf<Real<readonly [3, 1]>>()
  expectTypeOf(kthvalue(2)(x).values).toEqualTypeOf<Real<readonly [3]>>()
  expectTypeOf(cumMax(0)(of(int(3))).values).toEqualTypeOf<Expr<readonly [3], 'int'>>()
  expectTypeOf(searchsorted()(of(real(5)), x)).toEqualTypeOf<Expr<readonly [3, 8], 'int'>>()
  expectTypeOf(bincount(4)(of(int(3)))).toEqualTypeOf<Expr<readonly [4], 'int'>>()
  expectTypeOf(histogram([0, 1, 2])(x).counts).toEqualTypeOf<Real<readonly [2]>>()
  expectTypeOf(unique(4)(x).inverse).toEqualTypeOf<Expr<readonly [3, 8], 'int'>>()
  expectTypeOf(nonzero(4)(x)[1]).toEqualTypeOf<Expr<readonly [4], 'int'>>()
  expectTypeOf(segmentMax(5)(x, of(int(3)))).toEqualTypeOf<Real<readonly [5, 8]>>()
  expectTypeOf(diff(1, 3)(x)).toEqualTypeOf<Real<readonly [3, 5]>>()
  expectTypeOf(trapezoid(0)(x)).toEqualTypeOf<Real<readonly [8]>>()
  expectTypeOf(convolve()(of(real(6)), of(real(3)))).toEqualTypeOf<Real<readonly [8]>>()
  expectTypeOf(convolve('valid')(of(real(3)), of(real(6)))).toEqualTypeOf<Real<readonly [4]>>()
  expectTypeOf(rot90(-3)(x)).toEqualTypeOf<Real<readonly [8, 3]>>()
  expectTypeOf(tensordot([[1], [0]])(x, of(real(8, 5)))).toEqualTypeOf<Real<readonly [3, 5]>>()
  expectTypeOf(fft()(x)).toEqualTypeOf<Complex<readonly [3, 8]>>()
  expectTypeOf(rfft()(x)).toEqualTypeOf<Complex<readonly [3, 5]>>()
  expectTypeOf(irfft(-1, { n: 8 })(rfft()(x))).toEqualTypeOf<Real<readonly [3, 8]>>()
  expectTypeOf(complex.mul(fft()(x), complex.of(of(real(8))))).toEqualTypeOf<Complex<readonly [3, 8]>>()
})
test('what does not fit is refused at the argument', () => {
  // compiled, not run
  const wrong = () => [
    // @ts-expect-error no axis 2
    median(2)(x),
    // @ts-expect-error an int is not a real
    quantile(0.5)(of(int(3))),
    // @ts-expect-error no such method
    quantile(0.5, 0, { method: 'cubic' })(x),
    // @ts-expect-error no axis 3
    fft(3)(x),
    // @ts-expect-error no such norm
    fft(0, { norm: 'unitary' })(x),
    // @ts-expect-error 8 is not 7
    interp()(x, of(real(8)), of(real(7))),
  ]
  expect(wrong).toBeTypeOf('function')
})
const first = (result: E.Either<Diagnostics, unknown>): string | undefined =>
  E.isLeft(result) && result.left[0] !== undefined ? showDiagnostic(result.left[0]).split('\n')[0] : undefined
const said = (f: (e: Expr) => unknown, type: Type = real(4)) => first(program(type as Type, (e) => f(e) as Expr))
test.each([
  ['quantile: q of 1.5 is not in 0 .. 1', (e: Expr) => quantile(1.5)(e)],
  [
    'quantile: method is cubic; expected one of linear, lower, higher, nearest, midpoint',
    (e: Expr) => quantile(0.5, 0, { method: 'cubic' as never })(e),
  ],
  ['kthvalue: k of 5 is not in 1 .. 4', (e: Expr) => kthvalue(5)(e).values],
  ['diff: n of 5 is not in 0 .. 4', (e: Expr) => diff(0, 5)(e)],
  ['gradient: edgeOrder is 3; expected one of 1, 2', (e: Expr) => gradient(0, { edgeOrder: 3 as never })(e)],
  ['median: 1 is not an axis of an array of rank 1', (e: Expr) => median(1)(e)],
  [
    'fft: norm is unitary; expected one of backward, ortho, forward',
    (e: Expr) => fft(0, { norm: 'unitary' as never })(e).re,
  ],
  ['irfft: n of 4 has 3 numbers in half its spectrum, not 4', (e: Expr) => irfft(0, { n: 4 })(complex.of(e))],
  [
    'searchsorted: side is middle; expected one of left, right',
    (e: Expr) => searchsorted({ side: 'middle' as never })(e, e),
  ],
  ['tensordot: axes must be a number of axes, or two lists', (e: Expr) => tensordot(-1)(e, e)],
] as const)('%s', (message, f) => expect(said(f)).toBe(message))
test('nothing to order', () => {
  expect(said((e) => median()(e), real(0))).toBe('median: [0] has no element along [0]')
  expect(said((e) => fft()(e).re, real(0))).toBe('fft: [0] has no element along [0]')
})
