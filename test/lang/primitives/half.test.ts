/** Numbers of 16 bits: the bits of NumPy, ml_dtypes and PyTorch (half.py), on every back end, and their derivatives. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../backends/backend.ts'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { reference } from '../../../backends/reference/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { cast, castGradient } from '../../../lang/operations/mixedPrecision.ts'
import { matmul } from '../../../lang/operations/product.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul, sin } from '../../../lang/primitives/elementwise.ts'
import { bfloat16, float16 } from '../../../lang/primitives/half.ts'
import { showProblem } from '../../../lang/syntax/error.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { parseOrThrow, print } from '../../../lang/text/index.ts'
import { checkGradients } from '../../../src/check/index.ts'
import { halfToNumber, numberToHalf } from '../../../src/data/half.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { hvpOrThrow } from '../../../src/transform/jacobian.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { compiled } from '../../backends/execution.ts'
import figures from './half.json' with { type: 'json' }

const floats = (bits: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer)
const x = floats(figures.x)
const both = programOrThrow(real(x.length), (v) => [float16(v), bfloat16(v)] as const)
const expected = [floats(figures.float16), floats(figures.bfloat16)]
/** The numbers that differ, -0 from 0 too. */
const differing = (found: ArrayLike<number>, wanted: Float32Array): readonly string[] =>
  Array.from(wanted, (w, k) => (Object.is(found[k], w) ? '' : `${x[k]}: ${found[k]}, not ${w}`)).filter((s) => s !== '')

test.each<readonly [string, Backend]>([
  ['reference', reference],
  ['wasm', wasm({ threads: 1 })],
  ['wasm:float64', wasm({ precision: 'float64', threads: 1 })],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
])('%s gives the bits of NumPy', async (_, backend) => {
  const runner = await compiled(backend, both as never)
  const found = await runner.run([Float64Array.from(x)])
  runner.release()
  expect(found.flatMap((y, k) => differing(y, expected[k] as Float32Array))).toEqual([])
})
test('all numbers of 16 bits are kept, and halves between two of them go to the even one', () => {
  const all = Float64Array.from({ length: 65536 }, (_, h) => halfToNumber(h))
  const half = programOrThrow(real(all.length), (v) => float16(v))
  expect(evaluate(half.closed, [all])).toEqual([all])
  const mid = all.map((v, h) => (v + (all[h + 1] ?? v)) / 2)
  const [found] = evaluate(half.closed, [mid]) as readonly [Float64Array]
  expect(found.every((y, k) => Object.is(y, halfToNumber(numberToHalf(mid[k] as number))))).toBe(true)
})

const f = programOrThrow({ a: real(3), b: real(3) }, ({ a, b }) => sum()(mul(sin(float16(a)), bfloat16(b))))
describe('derivatives pass', () => {
  const at = { a: [0.3, 1.2, -0.7], b: [2, 0.1, 1.5] }
  const inputs = [Float64Array.from(at.a), Float64Array.from(at.b)]
  const [h] = evaluate(programOrThrow(real(3), (v) => float16(v)).closed, [inputs[0] as Float64Array])
  test('in reverse mode, forward mode and second order', () => {
    const [, db] = evaluate(gradOrThrow(f).closed, inputs)
    expect(db).toEqual(h?.map(Math.sin))
    const [, tangent] = evaluate(jvp(f).closed, [...inputs, new Float64Array(3), Float64Array.of(1, 0, 0)])
    expect(tangent?.[0]).toBeCloseTo(Math.sin(h?.[0] as number), 14)
    const [, mixed] = evaluate(hvpOrThrow(f).closed, [...inputs, Float64Array.of(1, 1, 1), new Float64Array(3)])
    expect(mixed).toEqual(h?.map(Math.cos))
  })
  test('checkGradients takes them for the identity', () => {
    const checked = checkGradients(f, { at, seed: 1 })
    expect(E.isRight(checked) && checked.right.verdict).toBe('correct')
    // nested data are a point too
    const g = programOrThrow(real(2, 2), (v) => sum()(sin(bfloat16(v))))
    const point = [
      [0.1, 0.2],
      [0.3, 0.4],
    ]
    const nested = checkGradients(g, { at: point, seed: 1 })
    expect(E.isRight(nested) && nested.right.verdict).toBe('correct')
    expect(E.isLeft(checkGradients(g, { at: [[0.1, 0.2], [0.3]] as never, seed: 1 }))).toBe(true)
  })
  test('under vmap, in text, and for the storage by name', () => {
    const many = vmap(2)(programOrThrow(real(3), (v) => cast('bfloat16')(v)))
    expect(evaluate(many.closed, [Float64Array.of(1, 257, 0.1, 2, 3, 4)])).toEqual([
      Float64Array.of(1, 256, 0.10009765625, 2, 3, 4),
    ])
    expect(print(f)).toContain('float16(a)')
    expect(print(parseOrThrow(print(f)))).toBe(print(f))
    const plain = programOrThrow(real(1), (v) => cast('float32')(v))
    expect(evaluate(plain.closed, [Float64Array.of(0.1)])).toEqual([Float64Array.of(0.1)])
  })
  test('castGradient stores cotangents: small ones vanish, large ones are infinite', () => {
    const g = programOrThrow({ v: real(4), c: real(4) }, ({ v, c }) => sum()(mul(c, castGradient('float16')(v))))
    const c = Float64Array.of(0.1, 1e-9, 70000, -0.5)
    const [dv] = evaluate(gradOrThrow(g).closed, [new Float64Array(4), c])
    expect(dv).toEqual(Float64Array.of(0.0999755859375, 0, Number.POSITIVE_INFINITY, -0.5))
  })
})
test('sums of 16-bit numbers are sums of the back end: 1 + 4096 times 2^-12 is 2', async () => {
  const p = programOrThrow({ a: real(1, 4097), b: real(4097, 1) }, ({ a, b }) => matmul(bfloat16(a), bfloat16(b)))
  const runner = await compiled(wasm({ threads: 1 }), p as never)
  const ones = new Float64Array(4097).fill(1)
  const [y] = await runner.run([Float64Array.from(ones, (_, k) => (k === 0 ? 1 : 2 ** -12)), ones])
  runner.release()
  expect(y?.[0]).toBe(2)
})
test('other element types and unknown storage are refused', () => {
  const said = (p: ReturnType<typeof program>) => (E.isLeft(p) ? p.left.map((d) => showProblem(d.problem)) : [])
  expect(said(program(int(2), (n) => float16(n as never)))).toEqual(['element types int; expected real'])
  expect(said(program(real(2), (v) => cast('float8' as never)(v)))).toEqual([
    'to is float8; expected one of float16, bfloat16, float32',
  ])
})
