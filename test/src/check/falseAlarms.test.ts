/** Programs with right derivatives on which finite differences are hard: none is reported as wrong. */
import { describe, expect, test } from 'vitest'
import { type CheckOptions, checkGradients, type GradientReport } from '../../../src/check/index.ts'
import {
  abs,
  add,
  atan2,
  cos,
  div,
  type Expr,
  erf,
  evaluate,
  exp,
  expm1,
  floor,
  log,
  log1p,
  logistic,
  lt,
  max,
  mul,
  orThrow,
  type Program,
  pow,
  programOrThrow,
  real,
  round,
  rsqrt,
  select,
  sign,
  sin,
  sqrt,
  stopGradient,
  sub,
  sum,
  tanh,
} from '../../../src/index.ts'

type Vector = Expr<readonly [3], 'real'>
const of = (f: (x: Vector) => Expr): Program<unknown, unknown> =>
  programOrThrow(real(3), f as never) as Program<unknown, unknown>
const check = (p: Program<unknown, unknown>, options: CheckOptions = {}): GradientReport =>
  orThrow(checkGradients(p, options))
const seeds = [1, 2, 3]
const verdicts = (p: Program<unknown, unknown>, options: CheckOptions = {}): readonly string[] =>
  seeds.map((seed) => check(p, { seed, ...options }).verdict)

describe('a cancellation inside that the outputs do not show', () => {
  test.each([
    ['(x + 1e10) - 1e10', (x: Vector) => sub(add(x, 1e10), 1e10)],
    ['(x + 1e13) - 1e13', (x: Vector) => sub(add(x, 1e13), 1e13)],
    ['x 1e8 - x 1e8 + x', (x: Vector) => add(sub(mul(x, 1e8), mul(x, 1e8)), x)],
    ['sqrt(x^2 + 1) - |x| far out', (x: Vector) => sub(sqrt(add(mul(mul(x, 1e4), mul(x, 1e4)), 1)), mul(x, 1e4))],
    [
      '(exp(x) - 1 - x) / x^2 by subtraction',
      (x: Vector) => div(sub(sub(exp(mul(x, 1e-3)), 1), mul(x, 1e-3)), mul(x, 1e-6)),
    ],
    ['1 - cos(x) near 0', (x: Vector) => sub(1, cos(mul(x, 1e-4)))],
    ['sum of (1e9, x, -1e9)', (x: Vector) => sub(add(sum()(x), 1e9), 1e9)],
    ['x * (y - y), y large', (x: Vector) => mul(x, sub(add(mul(x, 1e9), 1), mul(x, 1e9)))],
  ])('%s', (_, f) => expect(verdicts(of(f))).not.toContain('wrong'))
})
describe('stiff', () => {
  test.each([1e3, 1e6, 1e8, 1e10, 1e12, 1e14, 1e16, 1e18])('sin(%d x)', (k) =>
    expect(verdicts(of((x) => sin(mul(x, k))))).not.toContain('wrong'),
  )
  test.each([1e2, 1e6, 1e10])('tanh(%d (x - 1/2))', (k) =>
    expect(verdicts(of((x) => tanh(mul(sub(x, 0.5), k))))).not.toContain('wrong'),
  )
  test.each([10, 100, 300])('exp(%d x)', (k) => expect(verdicts(of((x) => exp(mul(x, k))))).not.toContain('wrong'))
  test('logistic of a steep line', () => expect(verdicts(of((x) => logistic(mul(x, 1e4))))).not.toContain('wrong'))
  test('1 / (x^2 + 1e-8)', () => expect(verdicts(of((x) => div(1, add(mul(x, x), 1e-8))))).not.toContain('wrong'))
})
describe('huge and tiny scales', () => {
  test.each([1e-300, 1e-200, 1e-30, 1e30, 1e200, 1e300])('%d sin(x)', (k) =>
    expect(verdicts(of((x) => mul(sin(x), k)))).toEqual(seeds.map(() => 'correct')),
  )
  test.each([1e-150, 1e-30, 1e30, 1e150])('x^2 at x around %d', (k) =>
    expect(
      verdicts(
        of((x) => mul(x, x)),
        { range: [k, 2 * k] },
      ),
    ).toEqual(seeds.map(() => 'correct')),
  )
  test('inputs of very different size', () =>
    expect(
      check(
        of((x) => mul(sin(x), x)),
        { at: [1e-12, 1, 1e6] as never },
      ).verdict,
    ).not.toBe('wrong'))
  test('exp(1e8 x) at x around 1e-8', () =>
    expect(
      verdicts(
        of((x) => exp(mul(x, 1e8))),
        { range: [1e-9, 1e-8] },
      ),
    ).toEqual(seeds.map(() => 'correct')))
})
describe('ill-conditioned', () => {
  test.each([
    ['log(1 + x) at 1e-9, the poor way', (x: Vector) => log(add(1, mul(x, 1e-9)))],
    ['log1p and expm1 undo each other', (x: Vector) => expm1(log1p(mul(x, 0.3)))],
    [
      'a polynomial of degree 10 around its root',
      (x: Vector) => [...Array(10)].reduce<Expr>((p) => mul(p, sub(x, 1)) as Expr, add(x, 0) as Expr),
    ],
    ['x^2 y^-2 with y near 0', (x: Vector) => mul(mul(x, x), rsqrt(add(mul(x, x), 1e-10)))],
    ['erf far out', (x: Vector) => erf(add(mul(x, x), 5))],
    ['atan2 near the cut', (x: Vector) => atan2(mul(x, 1e-6), sub(-1, mul(x, x)))],
    ['a power of a power', (x: Vector) => pow(pow(add(mul(x, x), 0.1), 8), 0.125)],
  ])('%s', (_, f) => expect(verdicts(of(f))).not.toContain('wrong'))
})
describe('kinks and jumps', () => {
  test('floor(1e6 x) jumps everywhere: non-smooth', () =>
    expect(verdicts(of((x) => floor(mul(x, 1e6))))).toEqual(seeds.map(() => 'non-smooth')))
  test.each([1, 1e3, 1e9, 1e12])('floor(%d x), round', (k) =>
    expect(verdicts(of((x) => add(floor(mul(x, k)), round(x))))).not.toContain('wrong'),
  )
  test('on a kink that is given', () => {
    for (const at of [
      [0, 1, 2],
      [1, 0, 0],
      [-1, 3, 0],
    ])
      expect(
        check(
          of((x) => abs(x)),
          { at: at as never },
        ).verdict,
      ).toBe('non-smooth')
    expect(
      check(
        of((x) => max(x, 1)),
        { at: [1, 2, 3] as never },
      ).verdict,
    ).toBe('non-smooth')
    expect(
      check(
        of((x) => sign(x)),
        { at: [0, 2, 3] as never },
      ).verdict,
    ).toBe('non-smooth')
  })
  test.each([1e-3, 1e-6, 1e-9, 1e-12, 1e-15])('%d away from one', (d) =>
    expect(
      check(
        of((x) => abs(sub(x, 1))),
        { at: [1 + d, 1 - d, 2] as never },
      ).verdict,
    ).not.toBe('wrong'),
  )
  test('a sawtooth', () => expect(verdicts(of((x) => abs(sin(mul(x, 1e5)))))).not.toContain('wrong'))
  test('relu of many', () => {
    const p = programOrThrow(real(200), (x) => sum()(select(lt(0, x), mul(x, x), 0)))
    expect(seeds.map((seed) => orThrow(checkGradients(p, { seed })).verdict)).toEqual(seeds.map(() => 'correct'))
  })
})
describe('inputs are found inside the domain', () => {
  test.each([
    ['log, mixed with an inverse sine', (x: Vector) => mul(log(x), sin(x))],
    ['log(log(x))', (x: Vector) => log(log(x))],
    ['sqrt(1 - x^2)', (x: Vector) => sqrt(sub(1, mul(x, x)))],
    ['log(x - 1) log(3 - x)', (x: Vector) => mul(log(sub(x, 1)), log(sub(3, x)))],
  ])('%s', (_, f) => expect(verdicts(of(f))).toEqual(seeds.map(() => 'correct')))
  test('several domains at once', () => {
    const p = programOrThrow({ a: real(4), b: real(4), c: real(4) }, ({ a, b, c }) =>
      sum()(add(log(sub(a, b)), sqrt(sub(1, mul(c, c))))),
    )
    for (const seed of seeds) expect(orThrow(checkGradients(p, { seed })).verdict).toBe('correct')
  })
  test('where there is none', () => expect(check(of((x) => log(sub(-1, mul(x, x))))).verdict).toBe('not finite'))
})
describe('declared derivatives', () => {
  test('stopGradient holds its value along a line', () => {
    expect(verdicts(of((x) => mul(x, stopGradient(sin(x)))))).toEqual(seeds.map(() => 'correct'))
    expect(verdicts(of((x) => sub(x, stopGradient(x))))).not.toContain('wrong')
  })
})
test('the report is a function of the seed', () => {
  const p = of((x) => mul(sin(x), exp(x)))
  expect(check(p, { seed: 7 })).toEqual(check(p, { seed: 7 }))
  expect(check(p, { seed: 7 }).point).not.toEqual(check(p, { seed: 8 }).point)
  expect(evaluate(p.closed, [Float64Array.of(0, 0, 0)])).toHaveLength(1)
})
