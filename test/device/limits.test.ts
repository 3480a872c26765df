/** Limits of the modes that no program may run into. Each test fails without the code that avoids its limit. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { openDevice } from '../../backends/gpujs/device/device.ts'
import type { KernelSource } from '../../backends/gpujs/device/kernelTypes.ts'
import { read } from '../../backends/gpujs/device/memory.ts'
import { traits } from '../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { kernelsFor } from '../../backends/gpujs/plan/kernels.ts'
import { tooLarge } from '../../backends/gpujs/plan/limits.ts'
import { outputOf, rows as rowsOf } from '../../backends/gpujs/source/threadLayout.ts'
import { generous } from '../../backends/schedule/fuse.ts'
import { kernelsOf } from '../../backends/schedule/plan.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import {
  add,
  constant,
  expm1,
  log1p,
  mul,
  outer,
  permute,
  programOrThrow,
  real,
  reduceMax,
  reshape,
  sin,
  sum,
  tanh,
} from '../../src/index.ts'
import { valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { type AnyProgram, compiled, orFail } from '../backends/execution.ts'
import { large } from '../backends/large.ts'
import { agrees, subject } from '../laws/backend.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)
const modes = (['cpu', 'webasm', 'webgpu'] as const).filter((m) => m !== 'webgpu' || missing === undefined)

const outputs = async (mode: (typeof modes)[number], p: unknown, xs: readonly Float64Array[]) => {
  const runner = await compiled(gpujs({ mode }), p as AnyProgram)
  const ys = await runner.run(xs)
  runner.release()
  return ys
}

describe.each(modes)('gpujs %s', (mode) => {
  test('a loop runs to its end, where gpu.js by default stops one of unknown length after 1000 iterations', async () => {
    const [y] = await outputs(
      mode,
      programOrThrow(real(3, 5000), (x) => sum(1)(x)),
      [new Float64Array(15000).fill(1)],
    )
    expect([...(y ?? [])]).toEqual([5000, 5000, 5000])
    const device = orFail(await openDevice(mode))
    const source = 'function(a){let s=0.0;for(let i=0;i<2*1500;i++){s=s+a[0];}return s;}'
    const run = orFail(await device.build({ name: 'a long loop', source, output: [1], numbers: [] }, [1]))
    const found = await run([await device.upload(Float32Array.of(1))])
    expect([...(await read(found))]).toEqual([3000])
    device.release()
  })
  test('an index divided by a constant inside a sum, and by 49 in the output', async () => {
    const x = Float64Array.from({ length: 147 }, (_, i) => i)
    const p = programOrThrow(real(3, 7, 7), (v) => sum(1)(reshape([49, 3])(v as Expr)))
    const [y] = await outputs(mode, p, [x])
    expect([...(y ?? [])]).toEqual(Array.from({ length: 49 }, (_, i) => 9 * i + 3))
  })
  test('infinities and NaN as constants, and the sum of an empty array', async () => {
    const p = programOrThrow({ x: real(2), none: real(0) }, ({ x, none }) => [
      add(x, constant([], Number.NEGATIVE_INFINITY)),
      mul(x, constant([], Number.POSITIVE_INFINITY)),
      constant([], Number.NaN),
      sum()(none),
      reduceMax()(x),
    ])
    const ys = await outputs(mode, p, [Float64Array.of(-1, -2), new Float64Array(0)])
    const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
    expect(ys.map((y) => [...y])).toEqual([[-inf, -inf], [-inf, -inf], [nan], [0], [-1]])
  })
  test('tanh of large numbers; tanh, log1p and expm1 of small ones', async () => {
    const p = programOrThrow(real(4), (x) => [tanh(mul(x, 1e9)), tanh(x), log1p(x), expm1(x)])
    const x = Float64Array.from([1e-7, -1e-7, 1e-3, -1e-3], Math.fround)
    const ys = await outputs(mode, p, [x])
    const want = [(v: number) => Math.tanh(v * 1e9), Math.tanh, Math.log1p, Math.expm1]
    ys.forEach((y, k) => {
      x.forEach((v, i) => {
        const w = (want[k] as (v: number) => number)(v)
        expect(Math.abs((y[i] as number) - w)).toBeLessThanOrEqual(4e-7 * Math.abs(w))
      })
    })
  })
})

const many = programOrThrow(
  Array.from({ length: 12 }, () => real(5)),
  (xs) => (xs as readonly Expr[]).map(sin as (x: Expr) => Expr).reduce((a, b) => add(a, b) as Expr),
)
test('no kernel reads more arrays than its mode allows', () => {
  const most = (limits: typeof generous) =>
    Math.max(...kernelsOf(schedule(many.closed, limits)).map((k) => k.reads.length))
  expect(most(generous)).toBe(12)
  expect(most(traits.webgpu.limits)).toBe(7)
  expect(most(traits.webgl2.limits)).toBeLessThanOrEqual(14)
  expect(most(traits.webgl.limits)).toBeLessThanOrEqual(7)
})
test('an array of more bytes than the device allows is refused before anything is built', () => {
  const plan = schedule(programOrThrow(real(1000), (x) => sin(x)).closed)
  expect(tooLarge(plan, 2 ** 24, 4000)).toBe(undefined)
  expect(tooLarge(plan, 2 ** 24, 3999)).toEqual({
    _tag: 'TooLarge',
    what: 'input 0 in bytes',
    size: 4000,
    limit: 3999,
  })
})
test('no output has more rows than every device allows', () => {
  for (const shape of [
    [20_000, 9],
    [3, 5000, 2, 4],
    [70_000, 3, 3],
    [5000, 5000],
    [4, 4096, 8],
  ]) {
    const [columns, rows = 1] = outputOf(rowsOf(shape))
    expect(rows).toBeLessThanOrEqual(4096)
    expect((columns as number) * rows).toBe(shape.reduce((a, b) => a * b))
  }
})
test('the refusal of a large array names the operations that compute it', () => {
  const plan = schedule(programOrThrow(real(10), (x) => outer(sin(x), x)).closed)
  expect(tooLarge(plan, 2 ** 24, 100)).toMatchObject({
    what: expect.stringMatching(/^%\d+ = .*contract in bytes$/),
    size: 400,
  })
})
describe.skipIf(missing !== undefined)('gpujs webgpu', () => {
  test.each(large)('%s', async (_, p) => {
    const s = await subject(gpujs({ mode: 'webgpu' }), p)
    expect(await agrees(s, valuesFrom(1, inTypes(p.closed)), 1e-5)).toBe(true)
    s.release()
  })
  test('indices are exact beyond 2^23, where quotients are rounded', async () => {
    const [rows, columns] = [3, 4_400_000]
    const x = Float64Array.from({ length: rows * columns }, (_, i) => i % 1009)
    const p = programOrThrow(real(rows, columns), (v) => permute([1, 0])(v))
    const [y] = await outputs('webgpu', p, [x])
    let wrong = 0
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < columns; k++) if (y?.[k * rows + i] !== x[i * columns + k]) wrong++
    expect(wrong).toBe(0)
  })
  test('twelve arrays run; a kernel that reads them all is refused with its name and source', async () => {
    const xs = Array.from({ length: 12 }, (_, k) => new Float64Array(5).fill(k))
    const [y] = await outputs('webgpu', many, xs)
    const want = xs.reduce((s, _, k) => s + Math.sin(k), 0)
    for (const v of y ?? []) expect(v).toBeCloseTo(want, 5)
    const [kernel] = kernelsFor(schedule(many.closed, generous), 'webgpu')
    const printed = kernel?.printed as KernelSource
    const device = orFail(await openDevice('webgpu'))
    const built = await device.build(printed, kernel?.sizes ?? [])
    expect(built).toMatchObject({ left: { _tag: 'KernelFailed', kernel: printed.name, source: printed.source } })
    device.release()
  })
  test('a kernel that the driver does not compile is an error with its name and source', async () => {
    const device = orFail(await openDevice('webgpu'))
    const source = 'function(a){return Math.max(a[0],a[0],a[0]);}'
    const built = await device.build({ name: 'three maxima', source, output: [1], numbers: [] }, [1])
    expect(built).toMatchObject({ left: { _tag: 'KernelFailed', kernel: 'three maxima', source } })
    expect(E.isLeft(built)).toBe(true)
    device.release()
  })
})
