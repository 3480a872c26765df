/** Conventions where a derivative does not exist, and where formulas written carelessly give NaN. */
import { describe, expect, test } from 'vitest'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { log } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { array, gradientOf, truths, valuesOf, vector } from './apply.ts'

const slopes =
  (f: (x: Expr) => Expr) =>
  (...at: readonly number[]): readonly number[] =>
    gradientOf((x) => sum()(f(x as Expr)), vector(...at))
const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number

describe('derivatives at kinks', () => {
  test.each([
    ['relu: 0 at 0', O.relu, [0, -0, 1, -1], [0, 0, 1, 0]],
    ['leakyRelu: the slope at 0', O.leakyRelu(0.1), [0], [0.1]],
    ['elu: alpha at 0', O.elu(0.5), [0], [0.5]],
    ['clamp: 1 on the bounds', O.clamp(-1, 1), [-1, 1, -2, 2], [1, 1, 0, 0]],
    ['hardtanh: 0 on the bounds', O.hardtanh(), [-1, 1, 0], [0, 0, 1]],
    ['relu6: 0 on the bounds', O.relu6, [0, 6, 3], [0, 0, 1]],
    ['x ** 0: 0', (x: Expr) => O.pow(x, 0), [0, 2], [0, 0]],
    ['x ** 2 at 0', (x: Expr) => O.pow(x, 2), [0], [0]],
    ['2-norm of zero: 0', (x: Expr) => O.norm()(x), [0, 0, 0], [0, 0, 0]],
    ['1-norm: 0 at 0', (x: Expr) => O.norm(undefined, { p: 1 })(x), [0, -2], [0, -1]],
    ['std of equal numbers: 0', (x: Expr) => O.std()(x), [3, 3], [0, 0]],
    ['softplus: one half at 0', O.softplus(), [0], [0.5]],
    ['softsign: 1 at 0', O.softsign, [0], [1]],
  ] as const)('%s', (_, f, at, expected) => {
    expect(slopes(f as (x: Expr) => Expr)(...at).map((v) => v + 0)).toEqual(expected)
  })
  test('0 ** y has derivative 0 in y', () => {
    expect(gradientOf((y, x) => sum()(O.pow(x as Expr, y as Expr)), vector(0.5, 2), vector(0, 0))).toEqual([0, 0])
  })
  test('the whole derivative of maxPool goes to the first maximum, row by row', () => {
    const first = gradientOf(
      (x) => sum()(O.maxPool({ kernel: 2 })(x as Expr)),
      array([1, 2, 4], [1, 5, 7, 7, 5, 5, 7, 7]),
    )
    expect(first).toEqual([0, 1, 1, 0, 0, 0, 0, 0])
  })
  test('losses: 0 where prediction and target are equal, and at the hinge', () => {
    const at = (f: (p: Expr, t: Expr) => Expr, p: number, t: number) => gradientOf(f as never, vector(p), vector(t))
    expect(at(O.l1Loss() as never, 2, 2)).toEqual([0])
    expect(at(O.hingeLoss() as never, 1, 1).map((v) => v + 0)).toEqual([0])
    expect(at(O.huberLoss({ delta: 1 }) as never, 3, 2)).toEqual([1])
    expect(at(O.smoothL1Loss({ beta: 0 }) as never, 3, 2)).toEqual([1])
  })
})

describe('no NaN from the branch that is not taken', () => {
  test.each([
    ['elu', O.elu(), 1000, 1],
    ['selu', O.selu, 1000, 1.0507009873554805],
    ['softplus', O.softplus(), 1000, 1],
    ['softplus far below', O.softplus(), -1000, 0],
    ['logSigmoid', O.logSigmoid, -1000, 1],
    ['sigmoid', O.sigmoid, -1000, 0],
    ['silu', O.silu, 1000, 1],
    ['mish', O.mish, 1000, 1],
  ] as const)('%s', (_, f, at, expected) => {
    expect(slopes(f as (x: Expr) => Expr)(at)).toEqual([expected])
  })
  test('safeSelect', () => {
    const f = (x: Expr): Expr => O.safeSelect((e) => log(e), 1, 0)(O.gt(x, 0), x)
    expect(slopes(f)(-1, 0, 2)).toEqual([0, 0, 0.5])
  })
  test('softplus at 0 has the right second derivative', () => {
    const slope = (x: Expr): Expr => O.sigmoid(x)
    expect(slopes(slope)(0)).toEqual([0.25])
    const byHand = (h: number): number =>
      ((slopes(O.softplus())(h)[0] as number) - (slopes(O.softplus())(-h)[0] as number)) / (2 * h)
    expect(byHand(1e-5)).toBeCloseTo(0.25, 8)
  })
})

describe('infinities', () => {
  test('logsumexp of -Infinity only is -Infinity, with gradient 0', () => {
    const f = (x: Expr): Expr => O.logsumexp()(x)
    expect(valuesOf(f as never, vector(minus, minus))).toEqual([minus])
    expect(gradientOf(f as never, vector(minus, minus))).toEqual([0, 0])
    expect(valuesOf(f as never, vector(1000, minus, 1000))).toEqual([1000 + Math.LN2])
    expect(valuesOf(f as never, vector(0, inf))).toEqual([inf])
  })
  test('softmax and logSoftmax', () => {
    expect(valuesOf(O.softmax() as never, vector(1000, 1000, minus))).toEqual([0.5, 0.5, 0])
    expect(valuesOf(O.softmax() as never, vector(minus, minus))).toEqual([0, 0])
    expect(valuesOf(O.logSoftmax() as never, vector(1000, 0))).toEqual([0, -1000])
    expect(slopes((x) => O.softmax()(x))(minus, minus)).toEqual([0, 0])
  })
  test('a query that is masked from all keys gives 0, with gradient 0', () => {
    const f = (q: Expr, m: Expr): Expr => O.attention()(q, q, q, m)
    const [q, m] = [array([2, 2], [1, 2, 3, 4]), truths([2, 2], [0, 0, 1, 1])]
    expect(valuesOf(f as never, q, m).slice(0, 2)).toEqual([0, 0])
    expect(gradientOf(((a: Expr, b: Expr) => sum()(f(a, b))) as never, q, m).every(Number.isFinite)).toBe(true)
  })
  test('maxPool pads with -Infinity, not with 0', () => {
    expect(valuesOf(O.maxPool({ kernel: 2, stride: 2, pad: 1 }) as never, array([1, 2], [-3, -4]))).toEqual([-3, -4])
  })
  test('NaN stays NaN', () => {
    expect(valuesOf(O.clamp(-1, 1) as never, vector(nan))).toEqual([nan])
    expect(valuesOf(O.hardtanh() as never, vector(nan))).toEqual([nan])
    expect(valuesOf(O.maxPool({ kernel: 2 }) as never, array([1, 4], [1, nan, 2, 3]))).toEqual([nan, 3])
    expect(valuesOf(O.softplus() as never, vector(nan))).toEqual([nan])
  })
  test('predictions of probability 0 or 1 have finite losses', () => {
    expect(valuesOf(O.bceLoss() as never, vector(0, 1), vector(0, 1)).map((v) => v + 0)).toEqual([0])
    expect(valuesOf(O.bceLoss() as never, vector(0), vector(1))).toEqual([100])
    expect(valuesOf(O.klDivergence({ reduction: 'sum' }) as never, vector(-1, -2), vector(1, 0))).toEqual([1])
  })
})
