/** Arrays of a device: when a run is over and its caller has freed what it has, none is left, and none was freed twice. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { Device } from '../../../backends/gpujs/device/device.ts'
import type { Handle } from '../../../backends/gpujs/device/library.ts'
import { freeAll } from '../../../backends/gpujs/device/memory.ts'
import { execute } from '../../../backends/gpujs/execute.ts'
import { kernelPlan } from '../../../backends/gpujs/plan/kernels.ts'
import { planOf } from '../../../backends/gpujs/plan/planOf.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { add, programOrThrow, real, sort } from '../../../src/index.ts'
import { type AnyProgram, orFail } from '../execution.ts'
import { chain, zoo } from '../zoo.ts'

/** A device whose arrays hold zeros, and how many of them live. */
const counting = () => {
  const alive = new Set<Handle>()
  const make = (n: number): Handle => {
    const x: Handle = {
      output: [n],
      toArray: () => new Float32Array(n),
      clone: () => make(n),
      delete: () => {
        if (!alive.delete(x)) throw new Error('an array was freed twice')
      },
    }
    alive.add(x)
    return x
  }
  const device: Device = {
    isHost: false,
    upload: (x) => make(x.length),
    slice: (_, __, n) => make(n),
    join: () => make(1),
    mode: 'webgpu',
    reason: 'asked for',
    fault: () => undefined,
    largest: Number.POSITIVE_INFINITY,
    build: async ({ output, inner }) => E.right(() => make(sizeOf(output) * (inner === undefined ? 1 : 4))),
    chain: async (_, __, outputs) => E.right(async () => outputs.map(() => make(1))),
    release: () => undefined,
  }
  return { device, alive }
}
/** Outputs that are an input, equal, and the first value that a step computes. */
const outputs = programOrThrow(real(3), (x) => {
  const first = sort()(x).values
  return [first, x, add(first, x), x, first]
})

test.each(
  [...zoo, ['a chain', chain(20)] as const, ['outputs', outputs as unknown as AnyProgram] as const].map(
    ([name, p]) => [name, p] as const,
  ),
)('%s', async (_, p) => {
  const { device, alive } = counting()
  const { run, release } = orFail(await execute(kernelPlan(planOf(p.closed, 'webgpu'), 'webgpu'), device))
  for (let n = 0; n < 2; n++) {
    const inputs = await Promise.all(
      inTypes(p.closed).map(({ shape }) => device.upload(new Float32Array(sizeOf(shape)))),
    )
    freeAll([...inputs, ...(await run(inputs))])
  }
  release()
  expect(alive.size).toBe(0)
})
