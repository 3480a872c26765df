/** The choice of a back end: what counts as a GPU, what work pays for one, and that the reason is reported. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choose } from '../../backends/auto/choose.ts'
import { findGpu, type Host } from '../../backends/gpujs/device/findGpu.ts'
import { auto, plan, wasm } from '../../backends/index.ts'
import { backendNamed } from '../../src/cli/machine.ts'
import { add, matmul, programOrThrow, real, sum, tanh } from '../../src/index.ts'
import { orFail } from './execution.ts'

const withAdapter = (adapter: object | null): Host => ({ navigator: { gpu: { requestAdapter: async () => adapter } } })
const drawing = (renderer: unknown): Host => ({
  OffscreenCanvas: function canvas() {
    const getExtension = (name: string) => (name === 'WEBGL_debug_renderer_info' ? {} : null)
    return { getContext: () => ({ getExtension, getParameter: () => renderer }) }
  } as never,
})
const nvidia = { info: { vendor: 'nvidia', architecture: 'ampere', device: '', description: '' } }

describe('a GPU counts if it is no software renderer', () => {
  test.each([
    ['nothing there', {}, 'no WebGPU adapter answers, no WebGL 2 context can be made'],
    ['an API without an adapter', withAdapter(null), 'no WebGPU adapter answers, no WebGL 2 context can be made'],
    ['SwiftShader', withAdapter({ info: { vendor: 'google', architecture: 'swiftshader' } }), 'draws on the CPU'],
    ['a fallback adapter', withAdapter({ ...nvidia, isFallbackAdapter: true }), 'draws on the CPU'],
    ['an adapter without a name', withAdapter({ info: {} }), 'does not say its name'],
    ['llvmpipe', drawing('llvmpipe (LLVM 15.0.6, 256 bits)'), 'llvmpipe (LLVM 15.0.6, 256 bits) draws on the CPU'],
    ['a renderer without a name', drawing(null), 'does not say its name'],
  ])('%s', async (_, host, why) => {
    expect(await findGpu(host)).toEqual({ missing: expect.stringContaining(why) })
  })
  test('by its name, WebGPU before WebGL', async () => {
    expect(await findGpu(withAdapter(nvidia))).toEqual({ mode: 'webgpu', name: 'nvidia ampere' })
    const renderer = 'ANGLE (AMD, Radeon RX 6600, OpenGL 4.6)'
    expect(await findGpu(drawing(renderer))).toEqual({ mode: 'webgl2', name: renderer })
    expect(await findGpu({ ...drawing(renderer), ...withAdapter(nvidia) })).toMatchObject({ mode: 'webgpu' })
  })
  test('an adapter that fails to answer does not count', async () => {
    const host: Host = { navigator: { gpu: { requestAdapter: () => Promise.reject(new Error('lost')) } } }
    expect(await findGpu(host)).toEqual({ missing: expect.stringContaining('no WebGPU adapter answers') })
  })
})

describe('work that pays for a GPU', () => {
  const work = { flops: 0, bytes: 0, peak: 0, kernels: 1, crossing: 0 }
  test('much arithmetic on few numbers; not a step of a small network, nor a pass over memory', () => {
    expect(choose({ ...work, flops: 1e11, crossing: 1e7 }, 2).device).toBe('gpu')
    expect(choose({ ...work, flops: 4e7, bytes: 2e6, crossing: 1e6, kernels: 12 }, 1).device).toBe('wasm')
    expect(choose({ ...work, flops: 1e7, bytes: 1e8, crossing: 1e8 }, 1).device).toBe('wasm')
  })
  test('more threads, more kernels or more bytes of inputs never move work to the GPU', () => {
    const amount = fc.double({ min: 0, max: 1e13, noNaN: true })
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        fc.nat(100),
        fc.integer({ min: 1, max: 8 }),
        (flops, bytes, crossing, k, n) => {
          const w = { flops, bytes, crossing, peak: 0, kernels: k }
          const stays = choose(w, n).device === 'wasm'
          return (
            !stays ||
            [choose(w, n + 1), choose({ ...w, kernels: k + 1 }, n), choose({ ...w, crossing: 2 * crossing }, n)].every(
              (c) => c.device === 'wasm',
            )
          )
        },
      ),
      { seed: 1 },
    )
  })
})

const small = programOrThrow(real(4), (x) => sum()(tanh(x)))
const large = programOrThrow([real(512, 512), real(512, 512)], ([a, b]) => {
  let x = matmul(a, b)
  for (let n = 0; n < 40; n++) x = matmul(x, b)
  return x
})
describe('auto', () => {
  test('without a GPU: WebAssembly, the same bits, and why', async () => {
    const [mine, its] = [orFail(await auto({ host: {} }).compile(small)()), orFail(await wasm().compile(small)())]
    const x = Float32Array.of(0.1, 0.2, 0.3, 0.4)
    expect(orFail(await mine.run(x)())).toEqual(orFail(await its.run(x)()))
    expect(mine.backend).toBe('wasm')
    expect(mine.reason).toMatch(/^no GPU: no WebGPU adapter answers/)
    mine.release()
    its.release()
  })
  test('with one: small work runs in WebAssembly, and the reason has both estimates', async () => {
    const executable = orFail(await auto({ host: withAdapter(nvidia) }).compile(small)())
    expect(executable.backend).toBe('wasm')
    expect(executable.reason).toMatch(/^about .+ ms a run on the CPU, .+ ms on the GPU \(nvidia ampere\)/)
    executable.release()
  })
  // gpu.js finds no WebGPU here, whatever the host says
  test('large work runs on the GPU; if that refuses it, in WebAssembly, and the reason says so', async () => {
    const executable = orFail(await auto({ host: withAdapter(nvidia), threads: 1 }).compile(large)())
    expect(executable.backend).toBe('wasm')
    expect(executable.reason).toBe('gpujs:webgpu refused: the mode webgpu is not available: no WebGPU adapter answers')
    executable.release()
  })
  test('a step keeps its state as on any back end', async () => {
    const step = programOrThrow([real(2), real(2)], ([s, x]) => [add(s, x), sum()(s)] as const)
    const held = orFail(await auto({ host: {} }).resident(step)())
    for (const x of [1, 2]) orFail(await held.step(Float32Array.of(x, 0))())
    expect([...orFail(await held.read())]).toEqual([3, 0])
    expect(held.reason).toContain('no GPU')
    held.release()
  })
  test('its plan is that of the back end that it chooses', async () => {
    const threads = 2
    expect(orFail(await plan(small, auto({ host: {}, threads }))())).toBe(
      orFail(await plan(small, wasm({ threads }))()),
    )
  })
  test('the command line knows its name', () => {
    expect(backendNamed('auto')).toMatchObject({ right: { name: 'auto' } })
  })
})
