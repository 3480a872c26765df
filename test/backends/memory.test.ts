/** Memory over many steps of training is constant, and is freed. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { add, matmul, mul, permute, programOrThrow, real, sub, sum } from '../../src/index.ts'
import { orFail } from './execution.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
/** Bytes held by JavaScript, its typed arrays, and the memories of WebAssembly; weakly held objects need a second collection. */
const held = (): number => {
  gc()
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
/** Least squares with momentum: two products, a sum, and a state of two matrices. */
const step = programOrThrow([{ w: real(30, 20), m: real(30, 20) }, real(16, 30)], ([{ w, m }, x]) => {
  const e = sub(matmul(x, w), 1) as Expr<readonly [16, 20], 'real'>
  const g = mul(matmul(permute([1, 0])(x) as Expr<readonly [30, 16], 'real'>, e), 1 / 16)
  const next = add(mul(m, 0.9), g) as Expr<readonly [30, 20], 'real'>
  return [{ w: sub(w, mul(next, 0.01)) as Expr<readonly [30, 20], 'real'>, m: next }, sum()(mul(e, e))] as const
})
const data = Float32Array.from({ length: 16 * 30 }, (_, i) => Math.sin(i * i))
const megabyte = 2 ** 20

test.each(['webasm', 'cpu'] as const)('%s: 10,000 steps', async (mode) => {
  const resident = orFail(await gpujs({ mode }).resident(step)())
  const losses: number[] = []
  const sizes: number[] = []
  for (let k = 0; k < 10_000; k++) {
    const loss = orFail(await resident.step(data)())[0] as number
    if (k % 2500 === 0) {
      losses.push(loss)
      sizes.push(held())
    }
  }
  sizes.push(held())
  resident.release()
  expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 100)
  const [, second = 0] = sizes
  expect(Math.max(...sizes.slice(1)) - second).toBeLessThan(megabyte)
})
test('webasm: repeated compiling and releasing', async () => {
  const once = async (k: number): Promise<void> => {
    // another program each time, or kernels would be shared
    const p = programOrThrow(real(1000 + k), (x) => sum()(mul(x, x)))
    const executable = orFail(await gpujs({ mode: 'webasm' }).compile(p)())
    orFail(await executable.run(new Float32Array(1000 + k))())
    executable.release()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  for (let k = 0; k < 30; k++) await once(k)
  const before = held()
  for (let k = 30; k < 90; k++) await once(k)
  expect(held() - before).toBeLessThan(4 * megabyte)
})
