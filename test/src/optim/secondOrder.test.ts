/** L-BFGS, least squares and sophia: their paths against PyTorch 2.15 and NumPy (figures.py), and their laws. */
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../backends/backend.ts'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { matmul } from '../../../lang/operations/product.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { tensor } from '../../../lang/primitives/constant.ts'
import { add, div, exp, integerPow, mul, sub } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { gaussNewton, lbfgs, levenbergMarquardt, sophia } from '../../../src/optim/index.ts'
import { apply } from '../../../src/transform/apply.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { compiled } from '../../backends/execution.ts'
import { close } from '../../laws/close.ts'
import figures from './figures.json' with { type: 'json' }

const leaves = (tree: unknown): readonly Tensor[] =>
  ArrayBuffer.isView(tree)
    ? [Float64Array.from(tree as Float64Array)]
    : typeof tree === 'number'
      ? [Float64Array.of(tree)]
      : Object.values((tree ?? {}) as object).flatMap(leaves)
const of = (...xs: readonly (readonly number[])[]) => xs.map((x) => Float64Array.from(x))

describe('L-BFGS', () => {
  const types = { w: real(2, 3), b: real(3), n: int() } as const
  const loss = programOrThrow(types, ({ w, b }) => {
    const x = tensor([4, 2], [0.5, -1, 1.5, 0.25, -0.75, 2, 1, 1])
    const y = tensor([4, 3], [1, 0, -1, 0.5, 2, 0, -1, 1, 0.5, 0, -0.5, 1.5])
    const off = sub(add(matmul(x, w), b), y)
    return add(div(sum()(mul(off, off)), 4), div(sum()(integerPow(4)(w)), 40))
  })
  test("with trials 0 the path is PyTorch's", () => {
    const o = lbfgs({ memory: 3, rate: 0.3, trials: 0 })
    const step = programOrThrow([types, o.types(types)] as const, ([p, s]) =>
      o.update((q) => apply(loss)(q), p, apply(gradOrThrow(loss))(p), s),
    )
    let state: readonly Tensor[] = [
      ...of([0.3, -0.6, 0.9, -1.2, 0.45, 0.15], [0.1, -0.2, 0.05], [7]),
      ...leaves(o.start(types)),
    ]
    for (let k = 1; k <= 12; k++) {
      state = evaluate(step.closed, state)
      const expected = (figures.lbfgs as { readonly [step: string]: readonly number[] })[k]
      const found = [...(state[0] as Tensor), ...(state[1] as Tensor)]
      if (expected)
        expect(
          found.every((x, i) => close(x, expected[i] as number, 1e-7)),
          `${k}: ${found}`,
        ).toBe(true)
    }
    expect(state[2]).toEqual(Float64Array.of(7))
  })
  /** (1 - x)^2 + 100 (y - x^2)^2 */
  const valley = programOrThrow(real(2), (p) => {
    const [x, y] = [sum()(mul(p, tensor([2], [1, 0]))), sum()(mul(p, tensor([2], [0, 1])))]
    const [u, v] = [sub(1, x), sub(y, mul(x, x))]
    return add(mul(u, u), mul(100, mul(v, v)))
  })
  const o = lbfgs({ memory: 5 })
  const step = programOrThrow([real(2), o.types(real(2))] as const, ([p, s]) =>
    o.update((q) => apply(valley)(q), p, apply(gradOrThrow(valley))(p), s),
  )
  const valueAt = (x: Tensor): number => (evaluate(valley.closed, [x])[0] as Tensor)[0] as number
  test('with a search the function never rises, and its minimum is reached', () => {
    let state: readonly Tensor[] = [Float64Array.of(-1.2, 1), ...leaves(o.start(real(2)))]
    for (let k = 0; k < 60; k++) {
      const before = valueAt(state[0] as Tensor)
      state = evaluate(step.closed, state)
      expect(valueAt(state[0] as Tensor)).toBeLessThanOrEqual(before)
    }
    expect(Math.hypot(...(state[0] as Tensor).map((x) => x - 1))).toBeLessThan(1e-8)
  })
  test('at the minimum nothing moves; a search that fails forgets the pairs and stays', () => {
    const still = evaluate(step.closed, [Float64Array.of(1, 1), ...leaves(o.start(real(2)))])
    expect(still[0]).toEqual(Float64Array.of(1, 1))
    const uphill = lbfgs({ trials: 3 })
    const wrong = programOrThrow([real(2), uphill.types(real(2))] as const, ([p, s]) =>
      uphill.update((q) => sum()(mul(q, q)), p, mul(-2, p), s),
    )
    const found = evaluate(wrong.closed, [Float64Array.of(1, 2), ...leaves(uphill.start(real(2)))])
    expect(found[0]).toEqual(Float64Array.of(1, 2))
    expect(found[1]).toEqual(Float64Array.of(0))
  })
  test.each<readonly [string, Backend]>([
    ['wasm', wasm()],
    ['gpujs:cpu', gpujs({ mode: 'cpu' })],
  ])('on %s it reaches the minimum too', async (_, backend) => {
    const runner = await compiled(backend, step as never)
    let state: readonly ArrayLike<number>[] = [Float64Array.of(-1.2, 1), ...leaves(o.start(real(2)))]
    for (let k = 0; k < 60; k++) state = await runner.run(state.map((x) => Float64Array.from(x)))
    runner.release()
    expect(Math.abs((state[0]?.[0] as number) - 1)).toBeLessThan(2e-3)
  })
})

describe('least squares', () => {
  const times = tensor([5], [0, 0.5, 1, 1.5, 2])
  const decay = programOrThrow(
    [
      { a: real(), b: real() },
      { y: real(5), n: int() },
    ] as const,
    ([{ a, b }, { y }]) => sub(mul(a, exp(mul(b, times))), y),
  )
  const y = [2, 1.3, 0.8, 0.55, 0.3]
  test('Levenberg-Marquardt goes where NumPy goes', () => {
    const o = levenbergMarquardt()
    const step = programOrThrow([...decay.in, o.types] as const, ([p, d, s]) => o.update(decay, p, d, s))
    let state: readonly Tensor[] = [...of([1], [0]), ...leaves(o.start)]
    for (let k = 1; k <= 10; k++) {
      const [a, b, damping, loss] = evaluate(step.closed, [...state.slice(0, 2), ...of(y, [3]), ...state.slice(2)])
      state = [a, b, damping, loss] as readonly Tensor[]
      const expected = (figures.marquardt as { readonly [step: string]: readonly number[] })[k] as readonly number[]
      // near the end rounding decides whether a step decreases the squares, and with it the damping
      const found = (k <= 6 ? [a, b, damping] : [a, b]).map((x) => x?.[0] as number)
      expect(
        found.every((x, i) => close(x, expected[i] as number, 1e-8)),
        `${k}: ${found}`,
      ).toBe(true)
    }
  })
  test('one step of Gauss-Newton solves a linear problem, of parameters in a tree', () => {
    const line = programOrThrow([{ w: real(2), c: [real()] }, null] as const, ([{ w, c }]) => {
      const x = tensor([4, 2], [1, 0, 0, 1, 1, 1, 2, -1])
      return sub(add(matmul(x, w), c[0]), tensor([4], [3, 4, 6, 4]))
    })
    const o = gaussNewton()
    const step = programOrThrow([...line.in, o.types] as const, ([p, d, s]) => o.update(line, p, d, s))
    const [w, c, , loss] = evaluate(step.closed, [...of([5, 5], [5]), ...leaves(o.start)])
    // numpy.linalg.lstsq
    const expected = [7 / 3, 7 / 3, 4 / 3]
    expect([...(w as Tensor), ...(c as Tensor)].every((x, i) => close(x, expected[i] as number, 1e-12))).toBe(true)
    expect(loss?.[0]).toBeGreaterThan(0)
  })
  test('a singular system leaves the parameters of Levenberg-Marquardt finite', () => {
    const flat = programOrThrow([{ a: real(), b: real() }, null] as const, ([{ a }]) => sub(mul(a, times), 1))
    const o = levenbergMarquardt()
    const step = programOrThrow([...flat.in, o.types] as const, ([p, d, s]) => o.update(flat, p, d, s))
    const [a, b] = evaluate(step.closed, [...of([0], [4]), ...leaves(o.start)])
    expect(a?.[0]).toBeGreaterThan(0.5)
    expect(b).toEqual(Float64Array.of(4))
  })
})

describe('sophia', () => {
  const loss = programOrThrow([{ p: real(3), n: int() }, { a: real(3) }] as const, ([{ p }, { a }]) =>
    sum()(mul(div(a, 4), integerPow(4)(p))),
  )
  test('where the Hessian is diagonal the path is that of NumPy', () => {
    const o = sophia({ rate: 0.05, curvature: 2, every: 4, weightDecay: 0.1 })
    const types = o.types(loss.in[0])
    const step = programOrThrow([...loss.in, types] as const, ([p, d, s]) => o.update(loss, p, d, s))
    let state: readonly Tensor[] = [...of([1, -0.5, 2], [7]), ...leaves(o.start(loss.in[0], [1, 2, 3]))]
    for (let k = 1; k <= 12; k++) {
      state = evaluate(step.closed, [...state.slice(0, 2), ...of([1, 4, 0.25]), ...state.slice(2)])
      const expected = (figures.sophia as { readonly [step: string]: readonly number[] })[k] as readonly number[]
      const found = [...(state[0] as Tensor)]
      expect(
        found.every((x, i) => close(x, expected[i] as number, 1e-10)),
        `${k}: ${found}`,
      ).toBe(true)
    }
    expect(state[1]).toEqual(Float64Array.of(7))
  })
})
