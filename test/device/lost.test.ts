/** A lost device, between runs or during one: the run is an error, and the next program gets another device. */
import { describe, expect, test } from 'vitest'
import { openDevice } from '../../backends/gpujs/device/device.ts'
import type { Handle } from '../../backends/gpujs/device/library.ts'
import { free } from '../../backends/gpujs/device/memory.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { add, matmul, mul, programOrThrow, real, sum } from '../../src/index.ts'
import { orFail } from '../backends/execution.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)

interface Gpu {
  readonly limits: { readonly maxBufferSize: number }
  readonly createBuffer: (settings: object) => unknown
  readonly destroy: () => void
  readonly lost: Promise<unknown>
}
/** The GPU behind the programs that are compiled now. */
const current = async (): Promise<Gpu> => {
  const device = orFail(await openDevice('webgpu'))
  const x = (await device.upload(new Float32Array(1))) as Handle
  const gpu = x.context?.device as unknown as Gpu
  free(x)
  device.release()
  return gpu
}
const backend = gpujs({ mode: 'webgpu' })
const twice = programOrThrow(real(3), (x) => add(x, x))
const heavy = programOrThrow(real(200, 200), (x) => sum()(matmul(x, matmul(x, matmul(x, x)))))
const step = programOrThrow([real(2), real(2)], ([s, d]) => {
  const next = add(mul(s, 0.5), d)
  return [next, sum()(next)] as const
})
const x = Float32Array.of(1, 2, 3)

describe.skipIf(missing !== undefined)('gpujs webgpu', () => {
  test('between runs', async () => {
    const first = orFail(await backend.compile(twice)())
    expect([...orFail(await first.run(x)())]).toEqual([2, 4, 6])
    const gpu = await current()
    gpu.destroy()
    await gpu.lost
    expect(await first.run(x)()).toMatchObject({ left: { _tag: 'DeviceLost', backend: 'gpujs:webgpu' } })
    const second = orFail(await backend.compile(twice)())
    expect([...orFail(await second.run(x)())]).toEqual([2, 4, 6])
    first.release()
    expect([...orFail(await second.run(x)())]).toEqual([2, 4, 6])
    second.release()
  })
  test('during a run', async () => {
    const executable = orFail(await backend.compile(heavy)())
    const gpu = await current()
    const running = executable.run(new Float32Array(40000).fill(0.01))()
    gpu.destroy()
    expect(await running).toMatchObject({ left: { _tag: 'DeviceLost', backend: 'gpujs:webgpu' } })
    executable.release()
  })
  test('when its memory runs out, which WebGPU reports only as an event', async () => {
    const executable = orFail(await backend.compile(twice)())
    const gpu = await current()
    const isLost = gpu.lost.then(() => true)
    const more = async (): Promise<boolean> => {
      for (let k = 0; k < 200; k++) {
        gpu.createBuffer({ size: gpu.limits.maxBufferSize, usage: 128 })
        if (await Promise.race([isLost, new Promise((done) => setTimeout(done, 20))])) return true
      }
      return false
    }
    expect(await more()).toBe(true)
    expect(await executable.run(x)()).toMatchObject({
      left: { _tag: 'DeviceLost', message: expect.stringMatching(/^GPUOutOfMemoryError: /) },
    })
    executable.release()
    const again = orFail(await backend.compile(twice)())
    expect([...orFail(await again.run(x)())]).toEqual([2, 4, 6])
    again.release()
  })
  test('with a resident state: the state is lost, and a new one can be loaded on another device', async () => {
    const held = orFail(await backend.resident(step)())
    orFail(await held.load([1, 1])())
    expect([...orFail(await held.step([1, 2])())]).toEqual([4])
    const gpu = await current()
    gpu.destroy()
    await gpu.lost
    expect(await held.step([1, 2])()).toMatchObject({ left: { _tag: 'DeviceLost' } })
    expect(await held.read()).toMatchObject({ left: { _tag: 'DeviceLost' } })
    held.release()
    const again = orFail(await backend.resident(step)())
    orFail(await again.load([1.5, 2.5])())
    expect([...orFail(await again.step([1, 2])())]).toEqual([5])
    expect([...orFail(await again.read())]).toEqual([1.75, 3.25])
    again.release()
  })
})
