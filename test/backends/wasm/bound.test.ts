/** What depends on a state that no step changes is computed once for each state that is loaded. */
import { describe, expect, test } from 'vitest'
import type { WasmOptions } from '../../../backends/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { compilePlan } from '../../../backends/wasm/steps/compile.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { add, conv, fori, linear, matmul, permute, programOrThrow, real, tanh } from '../../../src/index.ts'
import { orFail } from '../execution.ts'

const numbers = (n: number, k: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i * k + k))
type Square = Expr<readonly [40, 40], 'real'>
const types = [{ w: real(56, 48), u: real(40, 40), b: real(3, 48, 56) }, real(40, 48)] as const
/** Products with weights on either side, in a batch, of a changed weight, and in a loop. The weights stay. */
const network = programOrThrow(types, ([{ w, u, b }, x]) => {
  const y = tanh(linear(x, w))
  const z = matmul(permute([1, 0])(u) as Square, y)
  const loop = fori(3, (_, h: Square) => tanh(matmul(u, h)) as Square)(matmul(y, permute([1, 0])(y)) as Square)
  return [
    { w, u, b },
    { z: add(z, 1), batch: matmul(x, b), loop },
  ] as const
})
const [first, second] = [1, 2].map((k) => ({
  ...{ w: numbers(56 * 48, k), u: numbers(40 * 40, k + 2), b: numbers(3 * 48 * 56, k + 4) },
})) as [State, State]
interface State {
  readonly w: Float32Array
  readonly u: Float32Array
  readonly b: Float32Array
}
const x = (k: number): Float32Array => numbers(40 * 48, k + 0.5)

describe.each<readonly [string, WasmOptions]>([
  ['one thread', {}],
  ['two threads', { threads: 2 }],
  ['float64', { precision: 'float64' }],
])('a state that stays, on %s', (_, options) => {
  test('gives the bits of the program, for every state that is loaded', async () => {
    const held = orFail(await wasm(options).resident(network)())
    const whole = orFail(await wasm(options).compile(network)())
    const spoilt = { ...second, u: second.u.map((v, k) => (k === 7 ? Number.NaN : v)) }
    for (const state of [first, second, spoilt, first]) {
      orFail(await held.load(state)())
      for (const k of [1, 2]) {
        const expected = orFail(await whole.run([state, x(k)])())[1]
        expect(orFail(await held.step(x(k))())).toEqual(expected)
      }
    }
    held.release()
    whole.release()
  })
})
test('a state of zeros that was never loaded stays too', async () => {
  const held = orFail(await wasm().resident(network)())
  expect(orFail(await held.step(x(1))()).z.every((v) => v === 1)).toBe(true)
  held.release()
})
test('weights are packed in a function of their own, which a program that changes them lacks', () => {
  const plan = planOf(network.closed)
  const names = (carried: number): string => new TextDecoder().decode(compilePlan(plan, carried).bytes)
  expect(names(3)).toMatch(/right, once/)
  expect(names(3)).toMatch(/left, once/)
  expect(names(0)).not.toMatch(/, once/)
})
test('filters are transformed in every run where there is no memory to keep them', async () => {
  const [image, filter] = [real(64, 14, 14), real(64, 64, 3, 3)]
  const layer = programOrThrow([{ w: filter, v: filter }, image], ([{ w, v }, a]) => {
    return [{ w, v }, conv({ pad: 1 })(conv({ pad: 1 })(a, w), v)] as const
  })
  const plan = planOf(layer.closed)
  const pages = (once: boolean): number => compilePlan(plan, 2, { once }).pages
  const memory = 65536 * (pages(true) - 1)
  expect(pages(false)).toBeLessThan(pages(true))
  const found = await Promise.all(
    [{}, { memory }].map(async (options) => {
      const held = orFail(await wasm(options).resident(layer)())
      orFail(await held.load({ w: numbers(64 * 64 * 9, 1), v: numbers(64 * 64 * 9, 2) })())
      const y = orFail(await held.step(numbers(64 * 14 * 14, 3))())
      held.release()
      return y
    }),
  )
  expect(found[1]).toEqual(found[0])
})
