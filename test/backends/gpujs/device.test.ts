/** A device without one: what is asked of gpu.js, of the host and of the package webgpu, with stubs in their place. */
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { provideWebgpu } from '../../../backends/gpujs/device/adapter.ts'
import { build } from '../../../backends/gpujs/device/build.ts'
import { type CacheEntry, cached } from '../../../backends/gpujs/device/cache.ts'
import { openDevice } from '../../../backends/gpujs/device/device.ts'
import type { GpujsLibrary, Handle } from '../../../backends/gpujs/device/library.ts'
import { missing } from '../../../backends/gpujs/device/library.ts'
import { hostMemory, inOneAxis } from '../../../backends/gpujs/device/memory.ts'
import type { OpenGpu } from '../../../backends/gpujs/device/sharedGpus.ts'
import { orFail } from '../execution.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.doUnmock('gpu.js')
})

/** An array on a device. `deleted` is shared with the views of its memory. */
class OneAxis implements Handle {
  readonly output: readonly number[]
  readonly deleted: unknown[]
  constructor({ output, deleted = [] }: { readonly output: readonly number[]; readonly deleted?: unknown[] }) {
    this.output = output
    this.deleted = deleted
  }
  toArray(): unknown {
    return new Float32Array(this.output.reduce((a, b) => a * b))
  }
  clone(): Handle {
    return new OneAxis(this)
  }
  delete(): void {
    this.deleted.push(this)
  }
}
class TwoAxes extends OneAxis {}

describe('the package webgpu', () => {
  const nothing = () => Promise.reject(new Error('it is not installed'))
  test('is not loaded where the host has its own navigator.gpu, which stays', async () => {
    const gpu = {}
    const host = { gpu }
    const load = vi.fn(nothing)
    vi.stubGlobal('navigator', host)
    expect(await provideWebgpu(load)).toBe(true)
    expect(host.gpu).toBe(gpu)
    expect(load).not.toHaveBeenCalled()
  })
  test('is not loaded in a browser', async () => {
    const load = vi.fn(nothing)
    vi.stubGlobal('navigator', {})
    vi.stubGlobal('process', undefined)
    const found = await provideWebgpu(load)
    vi.unstubAllGlobals()
    expect(found).toBe(false)
    expect(load).not.toHaveBeenCalled()
  })
})

describe('a mode is not available', () => {
  test('without gpu.js: the error names the mode, cpu for auto', async () => {
    vi.doMock('gpu.js', () => ({ GPU: undefined, default: undefined }))
    expect(await openDevice('auto')).toMatchObject({
      left: { _tag: 'NoDevice', mode: 'cpu', howTo: 'npm install gpu.js' },
    })
    expect(await openDevice('webasm')).toMatchObject({ left: { _tag: 'NoDevice', mode: 'webasm' } })
  })
  test('where a policy forbids text as code: cpu', async () => {
    const refuses = function refuses(): void {
      throw new EvalError('Refused to evaluate a string as JavaScript')
    }
    vi.stubGlobal('Function', refuses)
    const why = await missing({} as GpujsLibrary, 'cpu')
    vi.unstubAllGlobals()
    expect(why).toContain('a Content-Security-Policy forbids its kernels')
    expect(await missing({} as GpujsLibrary, 'cpu')).toBe(undefined)
  })
})

test('a result of several axes becomes one of one axis, on the same memory; a promise and one axis stay', async () => {
  const like = new OneAxis({ output: [1] })
  const flat = new OneAxis({ output: [6] })
  const later = Promise.resolve(new TwoAxes({ output: [3, 2] }))
  expect(inOneAxis(like, flat)).toBe(flat)
  expect(inOneAxis(like, later)).toBe(later)
  const deep = new TwoAxes({ output: [3, 2] })
  const found = inOneAxis(like, deep)
  expect(found.constructor).toBe(OneAxis)
  expect(found.output).toEqual([6])
  expect(deep.deleted).toEqual([deep])
})

test('the kernel that puts elements in order has a thread for each: four for each thread before it', async () => {
  const outputs: unknown[] = []
  class Kernel {
    readonly fallbackReason = null
  }
  const createKernel = (_: string, settings: object) => {
    const { output } = settings as { readonly output: readonly number[] }
    outputs.push(output)
    const run = () => new OneAxis({ output })
    return Object.assign(run, { kernel: new Kernel(), build: () => {}, setOutput: () => {}, destroy: () => {} })
  }
  const standIn = new OneAxis({ output: [1] })
  const gpu = { Kernel, createKernel, createPipeline: () => ({}) as never, destroy: async () => undefined }
  const o: OpenGpu = { gpu, memory: hostMemory, standIn, fours: undefined, kernels: new Map(), chains: new Map() }
  const source = { name: '%0', source: 'function(){return [0,0,0,0];}', output: [3, 5], inner: 3, numbers: [] }
  expect(orFail(await build(o, 'webgpu', source, []))).toMatchObject({ run: expect.any(Function) })
  expect(outputs).toEqual([[3, 5], [60]])
})

describe('a compiled kernel', () => {
  const use = async (compiled: CacheEntry<string>['compiled']) => {
    const entries = new Map<string, CacheEntry<string>>()
    const releases: (() => void)[] = []
    const compile = vi.fn(() => compiled)
    for (let n = 0; n < 2; n++) await cached(entries, 'key', compile, (release) => releases.push(release))
    return { entries, releases, compile }
  }
  test('is compiled once, and destroyed with its last user', async () => {
    const destroy = vi.fn()
    const { entries, releases, compile } = await use(Promise.resolve(E.right({ run: 'a kernel', destroy })))
    expect(compile).toHaveBeenCalledOnce()
    releases[0]?.()
    await Promise.resolve()
    expect(destroy).not.toHaveBeenCalled()
    releases[1]?.()
    await Promise.resolve()
    expect(destroy).toHaveBeenCalledOnce()
    expect(entries.size).toBe(0)
  })
})
