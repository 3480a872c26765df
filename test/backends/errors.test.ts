/** Errors of compiling and running, as data and as three lines of text; what `release` does. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../backends/backend.ts'
import type { Elements } from '../../backends/boundary.ts'
import { define } from '../../backends/define.ts'
import { type BackendError, showBackendError } from '../../backends/error.ts'
import { executable } from '../../backends/executable.ts'
import { openDevice } from '../../backends/gpujs/device/device.ts'
import { execute } from '../../backends/gpujs/execute.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { kernelPlan } from '../../backends/gpujs/plan/kernels.ts'
import { planOf } from '../../backends/gpujs/plan/planOf.ts'
import { reference } from '../../backends/reference/index.ts'
import { add, bool, exp, int, iota, matmul, mul, outer, programOrThrow, real, select, sum } from '../../src/index.ts'
import { orFail } from './execution.ts'

const tree = programOrThrow({ w: [real(2, 2), real()], k: int(3), on: bool() }, ({ w, k, on }) => ({
  y: select(on, mul(w[0], w[1]), w[0]),
  k: add(k, 1),
  n: sum()(k),
  on,
}))
const good = { w: [[1, 2, 3, 4], 2], k: Int32Array.of(1, 2, 3), on: 1 } as const
const backends: readonly (readonly [string, Backend])[] = [
  ['reference', reference],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:auto', gpujs()],
]
const compileAndRun = async (backend: Backend, inputs: unknown) => {
  const executable = orFail(await backend.compile(tree)())
  const result = await executable.run(inputs as never)()
  executable.release()
  return result
}
const errorOf = async (backend: Backend, inputs: unknown): Promise<BackendError> => {
  const result = await compileAndRun(backend, inputs)
  if (E.isRight(result)) throw new Error('expected an error')
  return result.left
}

describe.each(backends)('%s', (_, backend) => {
  test('numbers, arrays and typed arrays go in; arrays of the element type come out', async () => {
    const { y, k, n, on } = orFail(await compileAndRun(backend, good))
    expect([...y]).toEqual([2, 4, 6, 8])
    expect(k).toEqual(Int32Array.of(2, 3, 4))
    expect(n).toEqual(Int32Array.of(6))
    expect(on).toEqual(Uint8Array.of(1))
  })
  test('a wrong input is an error that names its path', async () => {
    expect(await errorOf(backend, { ...good, w: [[1, 2], 2] })).toEqual({
      _tag: 'WrongLength',
      path: 'w.0',
      expected: 4,
      found: 2,
    })
    expect(await errorOf(backend, { ...good, w: [[1, 2, 3, 4]] })).toEqual({ _tag: 'MissingInput', path: 'w.1' })
    expect(await errorOf(backend, undefined)).toEqual({ _tag: 'MissingInput', path: 'w.0' })
    expect(await errorOf(backend, { ...good, k: [1, Number.NaN, 2] })).toMatchObject({
      _tag: 'WrongElement',
      path: 'k',
      index: 1,
    })
    expect(await errorOf(backend, { ...good, k: [1, 2, 0.5] })).toMatchObject({
      _tag: 'WrongElement',
      index: 2,
      found: 0.5,
    })
    expect(await errorOf(backend, { ...good, on: 2 })).toMatchObject({ _tag: 'WrongElement', path: 'on' })
    expect(await errorOf(backend, { ...good, w: ['1234', 2] })).toMatchObject({ _tag: 'NotData', path: 'w.0' })
    expect(await errorOf(backend, { ...good, k: new BigInt64Array(3) })).toMatchObject({ _tag: 'NotData', path: 'k' })
  })
  test('nested arrays go in where they have the shape; a row may be a typed array', async () => {
    const nested = [
      [1, 2],
      [3, 4],
    ]
    for (const w of [nested, [Float32Array.of(1, 2), [3, 4]], [[1, 2], Int32Array.of(3, 4)]])
      expect([...orFail(await compileAndRun(backend, { ...good, w: [w, 2] })).y]).toEqual([2, 4, 6, 8])
    expect(await errorOf(backend, { ...good, w: [[[1, 2, 3, 4]], 2] })).toEqual({
      _tag: 'WrongShape',
      path: 'w.0',
      expected: [2, 2],
      found: [1, 4],
    })
    expect(await errorOf(backend, { ...good, w: [[[1, 2], [3]], 2] })).toEqual({
      _tag: 'Ragged',
      path: 'w.0[1]',
      expected: [2],
      found: [1],
    })
    expect(await errorOf(backend, { ...good, w: [[[1, 2], 3], 2] })).toMatchObject({ _tag: 'Ragged', found: [] })
    expect(await errorOf(backend, { ...good, k: [[1, 2, 3]] })).toMatchObject({ _tag: 'WrongShape', expected: [3] })
    expect(await errorOf(backend, { ...good, w: [[[1, 2], 'no'], 2] })).toMatchObject({ _tag: 'NotData', path: 'w.0' })
  })
  test('running a released executable is an error; releasing twice does nothing', async () => {
    const executable = orFail(await backend.compile(tree)())
    expect(executable.backend).toMatch(/^(reference|gpujs:(cpu|webasm))$/)
    expect(executable.reason.length).toBeGreaterThan(5)
    executable.release()
    executable.release()
    expect(await executable.run(good as never)()).toEqual(E.left({ _tag: 'Released', backend: executable.backend }))
  })
  test('the caller owns the results: inputs, constants and equal outputs are copied', async () => {
    const p = programOrThrow(real(2), (x) => ({ x, again: x, two: add(x, x), twice: add(x, x), thrice: add(x, x) }))
    const executable = orFail(await backend.compile(p)())
    const x = Float32Array.of(1, 2)
    const first = orFail(await executable.run(x)())
    const all = Object.values(first)
    for (const [k, y] of all.entries()) y.fill(7 + k)
    expect([x, ...all].map(([y]) => y)).toEqual([1, 7, 8, 9, 10, 11])
    expect([...orFail(await executable.run(x)()).two]).toEqual([2, 4])
    executable.release()
  })
})

describe('gpujs', () => {
  const compileError = async (mode: string, p: Parameters<Backend['compile']>[0] = tree): Promise<BackendError> => {
    const result = await gpujs({ mode: mode as never }).compile(p)()
    if (E.isRight(result)) throw new Error('expected an error')
    return result.left
  }
  test('a mode that this machine lacks is an error that says how to get it', async () => {
    const error = await compileError('webgl2')
    expect(error).toMatchObject({ _tag: 'NoDevice', mode: 'webgl2' })
    expect(showBackendError(error)).toMatch(
      /^the mode webgl2 is not available: .+\n {2}in {3}compile\n {2}try {2}a browser/,
    )
  })
  test('an unknown mode', async () => {
    expect(await compileError('quantum')).toMatchObject({ _tag: 'UnknownMode', mode: 'quantum' })
  })
  test('an exception while a device is opened is an error of compilation', async () => {
    const broken = define('broken', { open: () => () => Promise.reject(new Error('out of memory')) })
    expect(await broken.compile(programOrThrow(real(), (x) => x))()).toEqual(
      E.left({ _tag: 'CompileFailed', backend: 'broken', message: 'out of memory' }),
    )
  })
  test('an array that a sum never stores is not too large', async () => {
    const product = programOrThrow([real(5000), real(5000)], ([x, y]) => sum()(outer(x, y)))
    orFail(await gpujs({ mode: 'cpu' }).compile(product)()).release()
  })
  test('kernels of the same source are built once', async () => {
    const device = orFail(await openDevice('cpu'))
    const kernel = { source: 'function(a){return a[this.thread.x];}', output: [2], numbers: [] }
    const [first, second] = [
      await device.build({ ...kernel, name: 'a' }, [2]),
      await device.build({ ...kernel, name: 'b' }, [2]),
    ]
    expect(orFail(second)).toBe(orFail(first))
    const scaled = { ...kernel, source: 'function(a,c0){return a[this.thread.x]*c0;}' }
    const other = await device.build({ ...scaled, name: 'c', numbers: [Infinity] }, [2])
    expect(orFail(await device.build({ ...scaled, name: 'd', numbers: [-Infinity] }, [2]))).not.toBe(orFail(other))
    device.release()
  })
  test('integers and sizes beyond 2^24 are refused', async () => {
    const large = programOrThrow(int(), (x) => add(x, 16777217))
    const long = programOrThrow(int(), (x) => add(x, sum()(iota([16777217]))))
    expect(await compileError('cpu', large)).toEqual({
      _tag: 'TooLarge',
      what: 'an integer of the program',
      size: 16777217,
      limit: 16777216,
    })
    expect(await compileError('cpu', long)).toMatchObject({ _tag: 'TooLarge', what: 'an integer of the program' })
    const executable = orFail(await gpujs({ mode: 'cpu' }).compile(programOrThrow(int(), (x) => add(x, 1)))())
    expect(await executable.run(16777217)()).toMatchObject({ left: { _tag: 'WrongElement' } })
  })
  test('a kernel that gpu.js refuses, or would run elsewhere, is an error of compilation with its source', async () => {
    const device = orFail(await openDevice('webasm'))
    const build = (source: string) => device.build({ name: '%0', source, output: [4], numbers: [] }, [4])
    expect(await build('function(a){return a[this.thread.x]+;}')).toMatchObject({
      left: { _tag: 'KernelFailed', kernel: '%0' },
    })
    // webasm has no boolean results: gpu.js would fall back to cpu
    const fallback = await build('function(a){return a[this.thread.x]>0;}')
    expect(fallback).toMatchObject({ left: { _tag: 'KernelFailed' } })
    device.release()
  })
  test('auto reports its choice and the reason', async () => {
    const executable = orFail(await gpujs().compile(tree)())
    expect([executable.backend, executable.reason]).toEqual([
      'gpujs:webasm',
      'no GPU: no WebGPU adapter answers, no WebGL 2 context can be made',
    ])
    executable.release()
  })
})
test('calls at once run one after another, on the inputs that they were given', async () => {
  let busy = false
  const call = async ([x]: readonly Elements[]) => {
    if (busy) throw new Error('two calls at once')
    busy = true
    const doubled = Float32Array.from(x as Float32Array, (v) => 2 * v)
    await Promise.resolve()
    busy = false
    return [doubled]
  }
  const double = programOrThrow(real(2), (x) => add(x, x))
  const { run, release } = executable(double, { backend: 'slow', reason: 'asked for', call, release: () => {} })
  const given = [0, 1, 2].map((k) => Float32Array.of(k, k + 1))
  const runs = [...given.map((x) => run(x)()), run([1])()]
  for (const x of given) x.fill(1000)
  const [first, second, third, wrong] = await Promise.all(runs)
  expect([first, second, third].map((r) => orFail(r as never))).toEqual([
    Float32Array.of(0, 2),
    Float32Array.of(2, 4),
    Float32Array.of(4, 6),
  ])
  expect(wrong).toMatchObject(E.left({ _tag: 'WrongLength' }))
  expect(orFail(await run([5, 5])())).toEqual(Float32Array.of(10, 10))
  release()
})
test('a release during a run waits for the run, and happens once', async () => {
  const log: string[] = []
  const double = programOrThrow(real(2), (x) => add(x, x))
  const call = async ([x]: readonly Elements[]) => {
    await Promise.resolve()
    log.push('computed')
    return [Float32Array.from(x as Float32Array, (v) => 2 * v)]
  }
  const target = { backend: 'slow', reason: 'asked for', call, release: () => log.push('released') }
  const { run, release } = executable(double, target)
  const runs = [run([1, 2])(), run([3, 4])()]
  release()
  release()
  expect(await run([5, 6])()).toEqual(E.left({ _tag: 'Released', backend: 'slow' }))
  expect((await Promise.all(runs)).map(orFail)).toEqual([Float32Array.of(2, 4), Float32Array.of(6, 8)])
  expect(log).toEqual(['computed', 'computed', 'released'])
})

test('a device that is lost in a step names the kernel', async () => {
  const p = programOrThrow(real(2, 2), (x) => exp(matmul(x, matmul(x, x))))
  const kernels = kernelPlan(planOf(p.closed, 'cpu'), 'cpu')
  const device = orFail(await openDevice('cpu'))
  const lost = (): never => {
    throw new Error('context lost')
  }
  const failing: typeof device = {
    ...device,
    build: async (k, sizes) => (k.name.includes('exp') ? E.right(lost) : device.build(k, sizes)),
  }
  const { run } = orFail(await execute(kernels, failing))
  const call = async () => {
    await run([await device.upload(Float32Array.of(1, 2, 3, 4))])
    return []
  }
  const target = { backend: 'gpujs:cpu', reason: 'asked for', call, release: device.release }
  const found = await executable(p, target).run([1, 2, 3, 4])()
  expect(found).toMatchObject({
    left: { _tag: 'DeviceLost', message: 'context lost', kernel: expect.stringMatching(/^%\d+ = contract exp$/) },
  })
})
