/**
 * The scalar functions against float64: the worst error in units of the last place of float32, over every exponent, many
 * mantissas and both signs, and the special values bit for bit.
 */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { functionOf } from '../../../lang/kernel/functions.ts'
import type { Fn } from '../../../lang/kernel/index.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'

const mantissas = Number(process.env.MANTISSAS ?? 40)
const bits = new Int32Array(1)
const asFloat = new Float32Array(bits.buffer)
const fromBits = (b: number): number => {
  bits[0] = b
  return asFloat[0] as number
}
/** Mantissas spread by the golden ratio, at every exponent, subnormal and infinite ones included. */
const everyExponent: readonly number[] = Array.from({ length: 255 * mantissas }, (_, k) => {
  const [e, m] = [Math.floor(k / mantissas), k % mantissas]
  return fromBits((e << 23) | Math.floor(2 ** 23 * ((m * 0.6180339887498949) % 1)))
}).flatMap((x) => [x, -x])
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
  1e-45,
  3.4028234663852886e38,
  1e9,
]
/** The distance of neighbours at x in float32. */
const unit = (x: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x)))) - 23)
const ulps = (found: number, exact: number): number => {
  if (Object.is(found, Math.fround(exact)) || (Number.isNaN(found) && Number.isNaN(exact))) return 0
  if (exact === 0 && found === 0) return Number.POSITIVE_INFINITY // zeros of different sign
  if (exact === 0 || Math.fround(exact) === 0) return Math.abs(found) / 2 ** -149
  const e = Number.isFinite(Math.fround(exact)) ? exact : Math.sign(exact) * 2 ** 128
  const f = Number.isFinite(found) ? found : Math.sign(found) * 2 ** 128
  return Number.isNaN(f) || Number.isNaN(e) ? Number.POSITIVE_INFINITY : Math.abs(f - e) / unit(e)
}
const run = async (f: (...xs: Expr[]) => Expr, columns: readonly (readonly number[])[]): Promise<Float32Array> => {
  const types = columns.map((c) => real(c.length))
  const p = (programOrThrow as unknown as (t: unknown, f: (xs: Expr[]) => Expr) => never)(types, (xs) => f(...xs))
  const compiled = await wasm().compile(p)()
  if (E.isLeft(compiled)) throw new Error('does not compile')
  const result = await compiled.right.run(columns.map((c) => Float32Array.from(c)) as never)()
  if (E.isLeft(result)) throw new Error('does not run')
  return result.right as unknown as Float32Array
}
const worst = (
  name: Fn,
  found: Float32Array,
  columns: readonly (readonly number[])[],
): readonly [number, readonly number[]] => {
  const exact = functionOf(name, 'real')
  let [error, at] = [0, [] as readonly number[]]
  found.forEach((y, k) => {
    const xs = columns.map((c) => Math.fround(c[k] as number))
    const e = ulps(y, exact(xs[0] as number, xs[1] ?? 0, 0))
    if (e > error) [error, at] = [e, [...xs, y]]
  })
  return [error, at]
}

/** The bound of each function, in units in the last place. */
const unaries: readonly (readonly [Fn, unknown, number])[] = [
  ['neg', P.neg, 0],
  ['abs', P.abs, 0],
  ['sign', P.sign, 0],
  ['floor', P.floor, 0],
  ['ceil', P.ceil, 0],
  ['round', P.round, 0],
  ['sqrt', P.sqrt, 0.5],
  ['rsqrt', P.rsqrt, 1.5],
  ['exp', P.exp, 1.5],
  ['log', P.log, 1.5],
  ['tanh', P.tanh, 2],
  ['logistic', P.logistic, 3],
  ['sin', P.sin, 1.5],
  ['cos', P.cos, 2],
  ['tan', P.tan, 1],
  ['expm1', P.expm1, 1],
  ['log1p', P.log1p, 1],
  ['asin', P.asin, 1],
  ['acos', P.acos, 1],
  ['atan', P.atan, 1],
  ['sinh', P.sinh, 1],
  ['cosh', P.cosh, 1],
  ['asinh', P.asinh, 1],
  ['acosh', P.acosh, 1],
  ['atanh', P.atanh, 1],
  ['erf', P.erf, 1],
  ['erfc', P.erfc, 1],
  ['gaussian', P.gaussian, 1],
  ['normalCdf', P.normalCdf, 1],
  ['normalPdf', P.normalPdf, 1],
  ['sech', P.sech, 3],
]
test.each(unaries)('%s', async (name, f, bound) => {
  const x = [...specials, ...everyExponent]
  const [error, at] = worst(name, await run(f as (x: Expr) => Expr, [x]), [x])
  expect(error, `at ${at}`).toBeLessThanOrEqual(bound)
})

/** Pairs of every exponent, near 1, and of the special values. */
const pairs = (): readonly (readonly number[])[] => {
  const near = everyExponent.map((_, k) => Math.fround(4 * Math.sin(0.37 * k + 0.2)))
  const other = everyExponent.map((_, k) => everyExponent[(k * 7919 + 13) % everyExponent.length] as number)
  const [xs, ys] = [specials.flatMap((x) => specials.map(() => x)), specials.flatMap(() => specials)]
  return [
    [...xs, ...everyExponent, ...near, ...everyExponent],
    [...ys, ...other, ...near.map((x, k) => Math.fround(x * 3 + k)), ...near],
  ]
}
const binaries: readonly (readonly [Fn, unknown, number])[] = [
  ['add', P.add, 0.5],
  ['mul', P.mul, 0.5],
  ['div', P.div, 0.5],
  ['max', P.max, 0],
  ['min', P.min, 0],
  ['pow', P.power, 1],
  ['atan2', P.atan2, 1],
  ['hypot', P.hypot, 1],
  ['rem', P.rem, 0],
]
test.each(binaries)('%s', async (name, f, bound) => {
  const columns = pairs()
  const [error, at] = worst(name, await run(f as (x: Expr, y: Expr) => Expr, columns), columns)
  expect(error, `at ${at}`).toBeLessThanOrEqual(bound)
})
