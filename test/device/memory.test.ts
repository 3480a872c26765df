/** Buffers on a device: as many after many steps of training as after ten, and none after release. */
import { expect, test } from 'vitest'
import { openDevice } from '../../backends/gpujs/device/device.ts'
import type { Handle } from '../../backends/gpujs/device/library.ts'
import { free } from '../../backends/gpujs/device/memory.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { add, cumSum, matmul, mul, permute, programOrThrow, real, sub, sum } from '../../src/index.ts'
import { orFail } from '../backends/execution.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)

interface Buffer {
  readonly size: number
  destroy: () => void
}
interface Gpu {
  createBuffer: (d: object) => Buffer
}
/** Counts the bytes of the buffers that live on the device of the programs compiled from now on. */
const counted = async (): Promise<() => number> => {
  const device = orFail(await openDevice('webgpu'))
  const x = (await device.upload(new Float32Array(1))) as Handle
  const gpu = x.context?.device as unknown as Gpu
  free(x)
  device.release()
  await settled()
  const alive = new Set<Buffer>()
  const create = gpu.createBuffer.bind(gpu)
  gpu.createBuffer = (d) => {
    const buffer = create(d)
    const destroy = buffer.destroy.bind(buffer)
    alive.add(buffer)
    buffer.destroy = () => {
      alive.delete(buffer)
      destroy()
    }
    return buffer
  }
  return () => [...alive].reduce((n, b) => n + b.size, 0)
}
/** STEPS=10000 takes about a minute on a software device, and ends with as many bytes as ten steps. */
const steps = Number(process.env.STEPS ?? 500)
const settled = () => new Promise((resolve) => setTimeout(resolve, 50))

const step = programOrThrow([{ w: real(8, 5), m: real(8, 5) }, real(4, 8)], ([{ w, m }, x]) => {
  const e = sub(matmul(x, w), 1) as Expr<readonly [4, 5], 'real'>
  const g = mul(matmul(permute([1, 0])(x) as Expr<readonly [8, 4], 'real'>, e), 1 / 4)
  const next = add(mul(m, 0.9), g) as Expr<readonly [8, 5], 'real'>
  return [{ w: sub(w, mul(next, 0.01)) as Expr<readonly [8, 5], 'real'>, m: next }, sum()(mul(e, e))] as const
})

test.skipIf(missing !== undefined)(
  'steps with a resident state, and nothing after release',
  { timeout: 60_000 + 30 * steps },
  async () => {
    const bytes = await counted()
    const resident = orFail(await gpujs({ mode: 'webgpu' }).resident(step)())
    const data = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i * i))
    const sizes: number[] = []
    const losses: number[] = []
    for (let k = 1; k <= steps; k++) {
      losses.push(orFail(await resident.step(data)())[0] as number)
      if (k % 30 === 10) sizes.push(bytes())
    }
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2)
    expect(sizes[0]).toBeGreaterThan(0)
    expect(new Set(sizes).size).toBe(1)
    resident.release()
    await settled()
    expect(bytes()).toBe(0)
  },
)
test.skipIf(missing !== undefined)('loops and whole programs, run again and again', async () => {
  const bytes = await counted()
  const loops = programOrThrow(real(5, 3), (x) => [cumSum(0)(x), sum()(mul(x, x))])
  const executable = orFail(await gpujs({ mode: 'webgpu' }).compile(loops)())
  const sizes: number[] = []
  for (let k = 0; k < 20; k++) {
    orFail(await executable.run(new Float32Array(15))())
    sizes.push(bytes())
  }
  expect(new Set(sizes.slice(1)).size).toBe(1)
  executable.release()
  await settled()
  expect(bytes()).toBe(0)
})
