/** Steps in mixed precision: their laws, overflow, and the factor on the loss as PyTorch's GradScaler changes it. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul, sub } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { adam, sgd } from '../../../src/optim/index.ts'
import {
  descentStepOrThrow,
  scaledDescentStep,
  scaledDescentStepOrThrow,
  startScaledDescent,
} from '../../../src/train/index.ts'
import { compiled } from '../../backends/execution.ts'

const of = (...xs: readonly (readonly number[])[]) => xs.map((x) => Float64Array.from(x))
const loss = programOrThrow([{ w: real(2), n: int() }, real(2)] as const, ([{ w }, x]) => {
  const d = sub(w, x)
  return sum()(mul(d, d))
})
describe('scaledDescentStep', () => {
  test("with storage 'float32' it is descentStep", () => {
    const o = adam({ rate: 0.1 })
    const options = { storage: 'float32', scale: 1024 } as const
    const [plain, scaled] = [descentStepOrThrow(o)(loss), scaledDescentStepOrThrow(o, options)(loss)]
    const start = of([1, 2], [7], [0], [0, 0], [0, 0])
    const a = evaluate(plain.closed, [...start, ...of([3, -1])])
    const b = evaluate(scaled.closed, [...start, ...of([1024], [0], [3, -1])])
    expect(b.slice(0, 5)).toEqual(a.slice(0, 5))
    expect(b.at(-1)).toEqual(a.at(-1))
    expect(b.slice(5, 7)).toEqual(of([1024], [1]))
  })
  test('the loss reads parameters in 16 bits; the master parameters move by less than their spacing', () => {
    const o = sgd({ rate: 2 ** -12 })
    const step = scaledDescentStepOrThrow(o, { storage: 'bfloat16', scale: 1, dynamic: false })(loss)
    const [w, , , , , value] = evaluate(step.closed, of([1, 257], [7], [0], [1], [0], [0, 256])) as readonly Tensor[]
    expect(w).toEqual(Float64Array.of(1 - 2 ** -11, 257))
    expect(value).toEqual(Float64Array.of(1))
  })
  const tiny = programOrThrow([real(1), real(1)] as const, ([w, x]) => sum()(mul(w, x)))
  test('a scaled loss keeps gradients that would vanish in float16', () => {
    const of16 = (scale: number) => {
      const step = scaledDescentStepOrThrow(sgd({ rate: 1 }), { scale, dynamic: false })(tiny)
      return evaluate(step.closed, of([0], [0], [scale], [0], [2 ** -30]))[0]?.[0]
    }
    expect(of16(1)).toBe(-0 + 0)
    expect(of16(1024)).toBe(-(2 ** -30))
  })
  test('an overflow changes nothing but the factor; `every` steps without one double it', () => {
    const o = adam({ rate: 0.1 })
    const step = scaledDescentStepOrThrow(o, { every: 3 })(tiny)
    const start = of([1], [0], [0], [0])
    const over = evaluate(step.closed, [...start, ...of([65536], [2], [3])])
    expect(over.slice(0, 6)).toEqual([...start, ...of([32768], [0])])
    const nan = evaluate(step.closed, [...start, ...of([8], [2], [Number.NaN])])
    expect(nan.slice(0, 6)).toEqual([...start, ...of([4], [0])])
    // GradScaler(init_scale=16, growth_interval=3) of PyTorch 2.15 after steps with finite gradients: 16 16 32 32
    let state: readonly Tensor[] = [...start, ...of([16], [0])]
    const scales = [1, 2, 3, 4].map(() => {
      state = evaluate(step.closed, [...state, ...of([1])]).slice(0, 6)
      return state[4]?.[0]
    })
    expect(scales).toEqual([16, 16, 32, 32])
  })
  test('it trains on wasm from nested data, and refuses another storage', async () => {
    const square = programOrThrow([{ w: real(2, 2) }, real(2, 2)] as const, ([{ w }, x]) => {
      const d = sub(w, x)
      return sum()(mul(d, d))
    })
    const o = sgd({ rate: 0.1 })
    const start = startScaledDescent(o, square.in[0], {
      w: [
        [0, 1],
        [2, 3],
      ],
    })
    const runner = await compiled(wasm({ threads: 1 }), scaledDescentStepOrThrow(o)(square) as never)
    let state: readonly ArrayLike<number>[] = [start.params.w, [0], [65536], [0]]
    for (let k = 0; k < 40; k++)
      state = (await runner.run([...state, [1, 1, 1, 1]].map((x) => Float64Array.from(x)))).slice(0, 4)
    runner.release()
    expect(Math.max(...Array.from(state[0] as Float32Array, (x) => Math.abs(x - 1)))).toBeLessThan(1e-3)
    expect(E.isLeft(scaledDescentStep(o, { storage: 'float8' as never })(square))).toBe(true)
    expect(E.isLeft(scaledDescentStep(o, { scale: 0 })(square))).toBe(true)
    expect(E.isLeft(scaledDescentStep(o, { every: 0.5 })(square))).toBe(true)
  })
})
