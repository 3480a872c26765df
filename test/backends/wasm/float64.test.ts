/**
 * WebAssembly in float64: arrays, products, threads, states and sorting, and the scalar functions against the reference's
 * Math, in units of the last place of float64.
 */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { plan, wasm } from '../../../backends/index.ts'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { functionOf } from '../../../lang/kernel/functions.ts'
import type { Fn } from '../../../lang/kernel/index.ts'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { argsort } from '../../../lang/primitives/indexing.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { unit, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { closeAll } from '../../laws/close.ts'
import { type AnyProgram, compiled, orFail } from '../execution.ts'

const float64 = wasm({ precision: 'float64' })

// -- scalar functions ------------------------------------------------------------------------------------------------

const specials = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  3,
  -3,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5e-324,
  -5e-324,
  1e-310,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  2 ** 53,
  1e22,
  -1e22,
  2 ** 1000,
]
/** Where formulas change, and multiples of pi. */
const corners = [
  0.34657359027997264,
  7 / 16,
  0.46875,
  11 / 16,
  Math.SQRT1_2,
  0.975,
  19 / 16,
  Math.SQRT2,
  39 / 16,
  4,
  22,
  36.7,
  40,
  355,
  709.78,
  710.47,
  745.13,
  1647098,
  1647100,
  Math.PI,
  Math.PI / 2,
  100 * Math.PI,
  1e5 * Math.PI,
  1e9 * Math.PI,
  2 ** 28,
  2 ** 54,
].flatMap((x) => [x, -x, x * (1 + 2 ** -52), x * (1 - 2 ** -52)])
const everyExponent = Array.from({ length: 4094 }, (_, k) => 2 ** (k / 2 - 1073) * (1 + ((k * 0.6180339887498949) % 1)))
const evenly = (most: number): readonly number[] => Array.from({ length: 2001 }, (_, k) => (most * (k - 1000.3)) / 1000)
const numbers = [
  ...specials,
  ...corners,
  ...everyExponent.filter(Number.isFinite).flatMap((x) => [x, -x]),
  ...[0.9, 1.1, 3, 30, 800, 1e5].flatMap(evenly),
]
const pairs = ((): readonly [readonly number[], readonly number[]] => {
  const some = evenly(9)
  return [
    [...specials.flatMap((x) => specials.map(() => x)), ...some, ...some, ...numbers],
    [
      ...specials.flatMap(() => specials),
      ...some.map((_, k) => Math.round(37 * Math.sin(k))),
      ...some.toReversed(),
      ...numbers.toReversed(),
    ],
  ]
})()

const view = new DataView(new ArrayBuffer(8))
/** The number of float64 from 0 to x, counted with a sign. */
const ordinal = (x: number): bigint => {
  view.setFloat64(0, x)
  const bits = view.getBigInt64(0)
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
}
const apart = (a: number, b: number): number => {
  if (Object.is(a, b)) return 0
  if (Number.isNaN(a) || Number.isNaN(b) || (a === 0 && b === 0)) return Number.POSITIVE_INFINITY
  return Math.abs(Number(ordinal(a) - ordinal(b)))
}
const worst = async (name: Fn, f: (...xs: Expr[]) => Expr, columns: readonly (readonly number[])[]) => {
  const types = columns.map((c) => real(c.length))
  const p = (programOrThrow as unknown as (t: unknown, f: (xs: Expr[]) => Expr) => AnyProgram)(types, (xs) => f(...xs))
  const r = await compiled(float64, p)
  const [ys = new Float64Array()] = await r.run(columns.map((c) => Float64Array.from(c)))
  r.release()
  const right = functionOf(name, 'real')
  let [most, at] = [0, '']
  ys.forEach((y, k) => {
    const [x = 0, z = 0] = columns.map((c) => c[k] as number)
    const error = apart(y, right(x, z, 0))
    if (error > most) [most, at] = [error, `${name}(${x}, ${z}) = ${right(x, z, 0)}, found ${y}`]
  })
  return [most, at] as const
}
const exact: readonly (readonly [Fn, unknown, number])[] = [
  ['neg', P.neg, 0],
  ['abs', P.abs, 0],
  ['sign', P.sign, 0],
  ['floor', P.floor, 0],
  ['ceil', P.ceil, 0],
  ['round', P.round, 0],
  ['sqrt', P.sqrt, 0],
  ['rsqrt', P.rsqrt, 0],
]
const transcendental: readonly (readonly [Fn, unknown, number])[] = [
  ['exp', P.exp, 1],
  ['expm1', P.expm1, 2],
  ['log', P.log, 1],
  ['log1p', P.log1p, 2],
  ['sin', P.sin, 2],
  ['cos', P.cos, 2],
  ['tan', P.tan, 3],
  ['asin', P.asin, 1],
  ['acos', P.acos, 1],
  ['atan', P.atan, 1],
  ['sinh', P.sinh, 3],
  ['cosh', P.cosh, 2],
  ['tanh', P.tanh, 3],
  ['asinh', P.asinh, 3],
  ['acosh', P.acosh, 3],
  ['atanh', P.atanh, 2],
  ['erf', P.erf, 2],
  ['erfc', P.erfc, 3],
  ['gaussian', P.gaussian, 3],
  ['normalPdf', P.normalPdf, 3],
  ['normalCdf', P.normalCdf, 3],
  ['logistic', P.logistic, 2],
  ['sech', P.sech, 3],
]
test.each([...exact, ...transcendental])('%s', async (name, f, bound) => {
  const [error, at] = await worst(name, f as (x: Expr) => Expr, [numbers])
  expect(error, at).toBeLessThanOrEqual(bound)
})
test.each<readonly [Fn, unknown, number]>([
  ['add', P.add, 0],
  ['sub', P.sub, 0],
  ['mul', P.mul, 0],
  ['div', P.div, 0],
  ['max', P.max, 0],
  ['min', P.min, 0],
  ['rem', P.rem, 0],
  ['pow', P.power, 1],
  ['atan2', P.atan2, 1],
  ['hypot', P.hypot, 2],
])('%s', async (name, f, bound) => {
  const [error, at] = await worst(name, f as (x: Expr, y: Expr) => Expr, pairs)
  expect(error, at).toBeLessThanOrEqual(bound)
})
test('sin of the number that is nearest to a multiple of pi/2', async () => {
  const [error, at] = await worst('cos', P.cos as (x: Expr) => Expr, [[6381956970095103 * 2 ** 797]])
  expect(error, at).toBeLessThanOrEqual(2)
})

// -- programs --------------------------------------------------------------------------------------------------------

const model = (m: number, k: number, n: number) =>
  valueAndGradOrThrow(
    programOrThrow({ x: real(m, k), w: real(k, n) }, ({ x, w }) => sum()(P.tanh(O.matmul(x, w)))),
  ) as unknown as AnyProgram
const relative = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const size = Array.from(b).reduce((s, v) => Math.max(s, Math.abs(v)), 0)
  return Array.from(a).reduce((e, v, i) => Math.max(e, Math.abs(v - (b[i] as number)) / size), 0)
}

describe('programs', () => {
  test.each([
    [64, 64, 64],
    [33, 70, 41],
    [5, 300, 6],
    [128, 17, 130],
  ])('a product of %i x %i x %i with its gradients, on the matrix core', async (m, k, n) => {
    const p = model(m, k, n)
    const x = valuesFrom(3, inTypes(p.closed), unit)
    const r = await compiled(float64, p)
    const found = await r.run(x)
    const right = evaluate(p.closed, x)
    r.release()
    for (const [i, y] of found.entries()) expect(relative(y, right[i] as Float64Array)).toBeLessThan(1e-13)
  })
  test('takes and returns Float64Array; integers and truth values as ever', async () => {
    const p = programOrThrow({ x: real(3), k: int(3) }, ({ x, k }) => ({
      y: P.mul(x, 3),
      i: P.mul(k, 7),
      b: P.lt(x, P.toReal(k)),
    }))
    const e = orFail(await float64.compile(p)())
    const x = Float64Array.of(0.1, 1e300, -1e-300)
    const y = orFail(await e.run({ x, k: [2147483647, -5, 0] })())
    e.release()
    expect(y).toEqual({
      y: x.map((v) => v * 3),
      i: Int32Array.of(Math.imul(2147483647, 7), -35, 0),
      b: Uint8Array.of(1, 0, 1),
    })
    expect(e.backend).toBe('wasm:float64')
  })
  test('the same bits for 1 and 2 threads', async () => {
    const p = model(256, 200, 180)
    const x = valuesFrom(5, inTypes(p.closed), unit)
    const bits = async (threads: number) => {
      const r = await compiled(wasm({ precision: 'float64', threads }), p)
      const found = await r.run(x)
      r.release()
      return found.map((y) => Array.from(y))
    }
    expect(await bits(2)).toEqual(await bits(1))
  })
  test('a state stays in float64 from step to step', async () => {
    const step = programOrThrow([{ w: real(5) }, { d: real(5) }] as const, ([{ w }, { d }]) => {
      const next = P.sub(w, P.mul(d, 1e-9))
      return [{ w: next }, { loss: sum()(next) }] as const
    })
    const r = orFail(await float64.resident(step)())
    orFail(await r.load({ w: [1, 1, 1, 1, 1] })())
    for (let k = 0; k < 3; k++) orFail(await r.step({ d: [1, 2, 3, 4, 5] })())
    const { w } = orFail(await r.read())
    r.release()
    expect(w).toEqual(Float64Array.from([1, 2, 3, 4, 5], (d) => 1 - d * 1e-9 - d * 1e-9 - d * 1e-9))
  })
  test('sorts by digits that float32 does not have', async () => {
    const p = programOrThrow({ x: real(4) }, ({ x }) => O.sort()(x).values)
    const e = orFail(await float64.compile(p)())
    const x = [1 + 3e-16, 1, Number.NaN, 1 + 7e-16]
    expect(orFail(await e.run({ x })())).toEqual(Float64Array.of(1, 1 + 3e-16, 1 + 7e-16, Number.NaN))
    e.release()
  })
  test('rows of reals in blocks do not overwrite integers of the same place that later blocks read', async () => {
    const p = programOrThrow({ x: real(64, 520) }, ({ x }) => {
      const y = P.tanh(P.toReal(argsort()(x)))
      return P.div(O.roll(1, 1)(y), O.keepAxes(sum)(1)(y))
    })
    const x = valuesFrom(7, inTypes(p.closed), unit)
    const r = await compiled(float64, p)
    const [found] = await r.run(x)
    r.release()
    expect(closeAll([found as Tensor], evaluate(p.closed, x))).toBe(true)
  })
  test('a program is compiled anew for another precision', async () => {
    const p = programOrThrow({ x: real() }, ({ x }) => P.add(x, 1e-12))
    const value = async (precision: 'float32' | 'float64') => {
      const e = orFail(await wasm({ precision }).compile(p)())
      const y = orFail(await e.run({ x: 1 })())
      e.release()
      return Array.from(y as unknown as ArrayLike<number>)
    }
    expect([await value('float32'), await value('float64'), await value('float32')]).toEqual([[1], [1 + 1e-12], [1]])
  })
  test('the plan says so', async () => {
    const p = programOrThrow({ x: real(3) }, ({ x }) => P.exp(x))
    expect(E.getOrElse(() => '')(await plan(p, float64)())).toMatch(/float64/)
  })
})
