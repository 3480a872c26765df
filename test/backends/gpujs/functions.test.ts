/**
 * The scalar functions of gpu.js against float64, over the whole range: as the two modes on the CPU compute them, and
 * as the formulas for graphics processors would be computed in IEEE arithmetic.
 */
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { portable } from '../../../backends/gpujs/source/portable.ts'
import type { Fn } from '../../../lang/kernel/index.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { type AnyProgram, compiled } from '../execution.ts'
import { type Columns, numbers, pairs, worst } from '../scalars.ts'
import { inFloat32 } from './inFloat32.ts'

/**
 * The bounds in units in the last place, in mode cpu, in mode webasm, and of the portable formulas; null where the
 * formula is stated for a part of the range.
 */
// biome-ignore format: a table
const bounds: readonly (readonly [name: Exclude<Fn, 'select'>, cpu: number, webasm: number, portable: number | null])[] = [
  ['sqrt', 0.5, 0.5, 0.5], ['rsqrt', 0.5, 1.5, 1.5],
  ['exp', 0.5, 1.5, 0.5], ['expm1', 0.5, 4, 2.5], ['log', 0.5, 0.5, 2], ['log1p', 0.5, 0.5, 3],
  ['sin', 0.5, 0.5, null], ['cos', 0.5, 0.5, null], ['tan', 0.5, 0.5, null],
  ['asin', 0.5, 0.5, 2.5], ['acos', 0.5, 0.5, 1.5], ['atan', 0.5, 0.5, 3],
  ['sinh', 0.5, 0.5, 3], ['cosh', 0.5, 0.5, 2.5], ['tanh', 0.5, 2.5, 2.5], ['sech', 0.5, 2.5, 2],
  ['asinh', 0.5, 0.5, 3], ['acosh', 0.5, 0.5, 3], ['atanh', 0.5, 0.5, 3],
  ['logistic', 0.5, 2.5, 2],
  ['erf', 0.55, 1.25, 1.25], ['erfc', 0.55, 4, 4],
  ['gaussian', 0.5, 2, 2.5], ['normalPdf', 0.5, 3.5, 2.5], ['normalCdf', 0.55, 4, 4],
]
// biome-ignore format: a table
const binary: typeof bounds = [['pow', 0.5, 0.5, 0.5], ['atan2', 0.5, 0.5, 3], ['hypot', 0.5, 2, 2], ['div', 0.5, 0.5, 0.5]]

const run = async (mode: 'cpu' | 'webasm', name: Fn, columns: Columns): Promise<ArrayLike<number>> => {
  const types = columns.map((c) => real(c.length))
  const f = name === 'pow' ? P.power : (P as unknown as { readonly [F in Fn]: typeof P.power })[name]
  const p = (programOrThrow as unknown as (t: unknown, f: (xs: never) => unknown) => AnyProgram)(types, (xs) =>
    (f as unknown as (...xs: readonly unknown[]) => unknown)(...(xs as readonly unknown[])),
  )
  const r = await compiled(gpujs({ mode }), p)
  const [ys = []] = await r.run(columns.map((c) => Float64Array.from(c)))
  r.release()
  return ys
}
const one: Columns = [numbers]
const two = pairs()

describe.each([
  ['cpu', 1],
  ['webasm', 2],
] as const)('gpujs:%s', (mode, column) => {
  test.each([...bounds, ...binary])('%s', async (...row) => {
    const columns = binary.some(([name]) => name === row[0]) ? two : one
    const [error, at] = worst(row[0], await run(mode, row[0], columns), columns)
    expect(error, `at ${at}`).toBeLessThanOrEqual(row[column])
  })
})

/** Devices are not held to NaN, infinities and the sign of 0; sines are stated up to 10^6, to an absolute error. */
const ordinary = (xs: readonly number[]): boolean => xs.every((x) => Number.isFinite(x) && x !== 0)
describe('the portable formulas, in IEEE arithmetic', () => {
  const values = (name: Fn, columns: Columns): ArrayLike<number> => {
    const f = inFloat32(portable.functions, name as Exclude<Fn, 'select'>)
    return (columns[0] ?? []).map((x, k) => f(x, columns[1]?.[k] ?? 0))
  }
  test.each([...bounds, ...binary].filter(([, , , bound]) => bound !== null))('%s', (...row) => {
    const columns = binary.some(([name]) => name === row[0]) ? two : one
    const [error, at] = worst(row[0], values(row[0], columns), columns, ordinary)
    expect(error, `at ${at}`).toBeLessThanOrEqual(row[3] ?? 0)
  })
  test.each(['sin', 'cos'] as const)('%s, up to 10^6, to 2e-7', (name) => {
    const some = numbers.filter((x) => Math.abs(x) <= 1e6)
    const ys = values(name, [some])
    expect(Math.max(...some.map((x, k) => Math.abs((ys[k] as number) - Math[name](x))))).toBeLessThan(2e-7)
  })
})
