/** Plans as text: for modes that this machine lacks too, with sources, costs and pipelines. */
import { expect, test } from 'vitest'
import { gpujs, plan, reference, wasm } from '../../backends/index.ts'
import { add, exp, matmul, mul, programOrThrow, real, sum } from '../../src/index.ts'
import { orFail } from './execution.ts'

const p = programOrThrow({ x: real(64, 32), w: real(32, 16) }, ({ x, w }) => sum()(exp(mul(matmul(x, w), 0.1))))

test('gpujs: arithmetic, cost, threads and source of every kernel', async () => {
  const text = orFail(await plan(p, gpujs({ mode: 'webgl2' }))())
  expect(text).toMatch(/^gpujs:webgl2\nplan \(%0: real\[64, 32\], %1: real\[32, 16\]\) -> \(%\d+\)\n/)
  expect(text).toContain('65536 flops, 14336 bytes, 16 x 16 threads of 4 elements')
  expect(text).toContain('| function(a0,a1){')
  expect(text).toMatch(/\n2 kernels, \d+ flops \(65536 in the largest\), \d+ bytes moved, \d+ bytes at once$/)
})
test('several elements per thread, and pipelines, where the mode has them', async () => {
  expect(orFail(await plan(p, gpujs({ mode: 'webasm' }))())).toContain('16 x 16 threads of 4 elements')
  const whole = orFail(await plan(p, gpujs({ mode: 'webgpu' }))())
  expect(whole).toContain('16 x 64 threads, pipeline 1')
  expect(whole).toMatch(/\npipeline 1: 2 kernels$/)
})
test('other back ends: the kernels alone; errors are those of compilation', async () => {
  for (const b of [wasm(), reference]) expect(orFail(await plan(p, b)())).toMatch(/^plan .*\n[\s\S]*2 kernels/)
  expect(
    await plan(
      programOrThrow(real(), (x) => add(x, 1)),
      gpujs({ mode: 'quantum' as 'cpu' }),
    )(),
  ).toMatchObject({
    left: { _tag: 'UnknownMode' },
  })
})
