/**
 * The scalar functions against float64: the worst error in units of the last place of float32, over every exponent, many
 * mantissas and both signs, and the special values bit for bit.
 */
import { expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import type { Fn } from '../../../lang/kernel/index.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { type AnyProgram, compiled } from '../execution.ts'
import { type Columns, numbers, pairs, worst } from '../scalars.ts'

const run = async (f: (...xs: Expr[]) => Expr, columns: Columns): Promise<ArrayLike<number>> => {
  const types = columns.map((c) => real(c.length))
  const p = (programOrThrow as unknown as (t: unknown, f: (xs: Expr[]) => Expr) => AnyProgram)(types, (xs) => f(...xs))
  const r = await compiled(wasm(), p)
  const [ys = []] = await r.run(columns.map((c) => Float64Array.from(c)))
  r.release()
  return ys
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
  ['exp', P.exp, 1],
  ['log', P.log, 1],
  ['tanh', P.tanh, 5],
  ['logistic', P.logistic, 2.5],
  ['sech', P.sech, 2.5],
  ['sin', P.sin, 1.6],
  ['cos', P.cos, 1.6],
  ['tan', P.tan, 2.75],
  ['expm1', P.expm1, 1.75],
  ['log1p', P.log1p, 1.5],
  ['asin', P.asin, 2],
  ['acos', P.acos, 1.5],
  ['atan', P.atan, 2.75],
  ['sinh', P.sinh, 2],
  ['cosh', P.cosh, 1.5],
  ['asinh', P.asinh, 1],
  ['acosh', P.acosh, 1],
  ['atanh', P.atanh, 1],
  ['erf', P.erf, 4],
  ['erfc', P.erfc, 5.5],
  ['gaussian', P.gaussian, 1.25],
  ['normalPdf', P.normalPdf, 1.5],
  ['normalCdf', P.normalCdf, 5.5],
]
test.each(unaries)('%s', async (name, f, bound) => {
  const [error, at] = worst(name, await run(f as (x: Expr) => Expr, [numbers]), [numbers])
  expect(error, `at ${at}`).toBeLessThanOrEqual(bound)
})

const binaries: readonly (readonly [Fn, unknown, number])[] = [
  ['add', P.add, 0.5],
  ['mul', P.mul, 0.5],
  ['div', P.div, 0.5],
  ['max', P.max, 0],
  ['min', P.min, 0],
  ['pow', P.power, 1],
  ['atan2', P.atan2, 1],
  ['hypot', P.hypot, 0.5],
  ['rem', P.rem, 0],
]
test.each(binaries)('%s', async (name, f, bound) => {
  const columns = pairs()
  const [error, at] = worst(name, await run(f as (x: Expr, y: Expr) => Expr, columns), columns)
  expect(error, `at ${at}`).toBeLessThanOrEqual(bound)
})
