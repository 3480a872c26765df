/** Wrappers of optimisers, and the line search: their laws, on trees of two tensors. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { add, mul, sub } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import {
  accumulate,
  adam,
  adamW,
  averaged,
  clipNorm,
  exponential,
  isWeight,
  lineSearch,
  type Optimizer,
  sgd,
  startState,
  stateTypes,
  update,
  where,
} from '../../../src/optim/index.ts'
import { apply } from '../../../src/transform/apply.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { close, closeAll, same, type Values } from '../../laws/close.ts'

const leaves = (tree: unknown): Values =>
  ArrayBuffer.isView(tree)
    ? [Float64Array.from(tree as Float64Array)]
    : Object.values((tree ?? {}) as object).flatMap(leaves)

const types = { w: real(1, 2), b: real(1) } as const
type Point = readonly [number, number, number]
const tensors = ([x, y, z]: Point): Values => [Float64Array.of(x, y), Float64Array.of(z)]
/** Everything after every step: parameters, then the state. */
const path = (o: Optimizer, start: Point, gradients: readonly Point[]): readonly Values[] => {
  const { closed } = programOrThrow([types, types, stateTypes(o)(types)] as const, ([p, g, s]) =>
    update(o)(p as never, g as never, s as never),
  )
  let now: Values = [...tensors(start), ...leaves(startState(o)(types))]
  return gradients.map((g) => {
    now = evaluate(closed, [...now.slice(0, 2), ...tensors(g), ...now.slice(2)])
    return now
  })
}
const params = (v: Values | undefined): Values => (v ?? []).slice(0, 2)
const number = fc.double({ min: -3, max: 3, noNaN: true })
const point: fc.Arbitrary<Point> = fc.tuple(number, number, number)
const runs = (numRuns: number) => ({ numRuns, seed: 7 })

const optimizers: readonly (readonly [string, Optimizer])[] = [
  ['sgd, clipped', pipe(sgd({ rate: exponential(0.1, 0.5), momentum: 0.9, dampening: 0.5 }), clipNorm(0.7))],
  ['adam', adam({ rate: 0.1, amsgrad: true })],
]
describe.each(optimizers)('%s', (_, o) => {
  test('accumulate: n steps are one step with the mean, and nothing moves in between', () =>
    fc.assert(
      fc.property(point, fc.array(point, { minLength: 6, maxLength: 6 }), (start, gs) => {
        const found = path(accumulate(3)(o), start, gs)
        const mean = (k: number): Point =>
          [0, 1, 2].map((i) => gs.slice(k, k + 3).reduce((s, g) => s + (g[i] as number), 0) / 3) as unknown as Point
        const whole = path(o, start, [mean(0), mean(3)])
        return (
          same(params(found[0]), tensors(start)) &&
          same(params(found[1]), tensors(start)) &&
          closeAll(params(found[2]), params(whole[0])) &&
          same(params(found[4]), params(found[2])) &&
          closeAll(params(found[5]), params(whole[1]))
        )
      }),
      runs(30),
    ))
  test('accumulate(1) changes nothing', () =>
    fc.assert(
      fc.property(point, fc.array(point, { minLength: 3, maxLength: 3 }), (start, gs) =>
        path(accumulate(1)(o), start, gs).every((v, k) => same(params(v), params(path(o, start, gs)[k]))),
      ),
      runs(20),
    ))
  test('averaged: the parameters are the same, and the average has the weights decay^(t - i)', () =>
    fc.assert(
      fc.property(point, fc.array(point, { minLength: 4, maxLength: 4 }), (start, gs) => {
        const [plain, found] = [path(o, start, gs), path(averaged(0.8)(o), start, gs)]
        return found.every((v, t) => {
          const weights = Array.from({ length: t + 1 }, (_, i) => 0.8 ** (t - i))
          const total = weights.reduce((a, b) => a + b, 0)
          const expected = [0, 1].map((leaf) =>
            (params(v)[leaf] as Tensor).map((_, i) =>
              weights.reduce((s, w, k) => s + (w / total) * (plain[k]?.[leaf]?.[i] as number), 0),
            ),
          )
          return same(params(v), params(plain[t])) && closeAll(v.slice(-2), expected)
        })
      }),
      runs(30),
    ))
})

describe('where', () => {
  const [fast, slow] = [sgd({ rate: 0.1, momentum: 0.9 }), adamW({ rate: 0.01, weightDecay: 0.5 })]
  test('each tensor is moved by its own optimiser', () =>
    fc.assert(
      fc.property(point, fc.array(point, { minLength: 3, maxLength: 3 }), (start, gs) => {
        const [a, b] = [path(fast, start, gs), path(slow, start, gs)]
        return path(where(isWeight, fast, slow), start, gs).every((v, k) =>
          same(params(v), [a[k]?.[0] as Tensor, b[k]?.[1] as Tensor]),
        )
      }),
      runs(30),
    ))
  test('decay of weights only: at gradient 0 weights shrink and biases stay', () => {
    const o = where(isWeight, adamW({ rate: 0.1, weightDecay: 0.5 }), adamW({ rate: 0.1, weightDecay: 0 }))
    const [w, b] = params(path(o, [2, -4, 6], [[0, 0, 0]])[0])
    expect([w, b]).toEqual([Float64Array.of(1.9, -3.8), Float64Array.of(6)])
  })
  test('a mask may select by path; a rate of 0 keeps a tensor as it is', () => {
    const o = where((path) => path.join('.') === 'b', sgd({ rate: 1 }), sgd({ rate: 0 }))
    expect(params(path(o, [1, 2, 3], [[1, 1, 1]])[0])).toEqual([Float64Array.of(1, 2), Float64Array.of(2)])
  })
  test('slots are in the type', () => {
    expectTypeOf(where(isWeight, fast, slow)).toEqualTypeOf<Optimizer<'velocity' | 'm' | 'rms'>>()
    expectTypeOf(pipe(fast, averaged(0.9), accumulate(2))).toEqualTypeOf<
      Optimizer<'velocity' | 'average' | 'gathered'>
    >()
  })
})

describe('line search', () => {
  /** A curved valley with its minimum at (1, 1): (1 - x)^2 + 5 (y - x^2)^2 */
  const valley = programOrThrow({ x: real(), y: real(), n: int() }, ({ x, y }) => {
    const [u, v] = [sub(1, x), sub(y, mul(x, x))]
    return add(mul(u, u), mul(5, mul(v, v)))
  })
  const options = { first: 2, shrink: 0.25, decrease: 0.1 }
  const search = lineSearch(options)
  const step = programOrThrow([valley.in, search.types] as const, ([p, s]) =>
    search.update((q) => apply(valley)(q), p, apply(gradOrThrow(valley))(p) as never, s),
  )
  type Place = readonly [x: number, y: number, rate: number]
  const take = ([x, y, rate]: Place): Place => {
    const [[a], [b], n, [r]] = evaluate(
      step.closed,
      [[x], [y], [7], [rate]].map((v) => Float64Array.from(v)),
    ) as unknown as readonly [Tensor, Tensor, Tensor, Tensor]
    expect(n).toEqual(Float64Array.of(7))
    return [a as number, b as number, r as number]
  }
  // the same on plain numbers
  const value = (x: number, y: number): number => (1 - x) ** 2 + 5 * (y - x * x) ** 2
  const slope = (x: number, y: number) => [2 * (x - 1) - 20 * x * (y - x * x), 10 * (y - x * x)] as const
  const byHand = ([x, y, last]: Place): Place => {
    const [a, b] = slope(x, y)
    let rate = Math.min(options.first, last / options.shrink)
    while (!(value(x - rate * a, y - rate * b) <= value(x, y) - options.decrease * rate * (a * a + b * b)))
      rate *= options.shrink
    return [x - rate * a, y - rate * b, rate]
  }
  test('takes the first rate that decreases the function enough', () =>
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.01, max: 5, noNaN: true }), (x, y, rate) => {
        const [found, expected] = [take([x, y, rate]), byHand([x, y, rate])]
        return found.every((v, i) => close(v, expected[i] as number)) && value(found[0], found[1]) <= value(x, y)
      }),
      runs(60),
    ))
  test('at gradient 0 nothing moves', () => {
    expect(take([1, 1, 1]).slice(0, 2)).toEqual([1, 1])
    const uphill = lineSearch({ smallest: 1e-3 })
    const wrong = programOrThrow([real(), uphill.types] as const, ([x, s]) =>
      uphill.update((p) => mul(p, p), x, mul(-2, x) as never, s),
    )
    const [[x], [rate]] = evaluate(wrong.closed, [Float64Array.of(3), Float64Array.of(1)]) as readonly [Tensor, Tensor]
    expect(x).toBe(3)
    expect(rate).toBeLessThanOrEqual(1e-3)
  })
  test('reaches the minimum of a curved valley', () => {
    let now: Place = [-1, 1, 2]
    for (let k = 0; k < 400; k++) now = take(now)
    expect(Math.hypot(now[0] - 1, now[1] - 1)).toBeLessThan(1e-6)
  })
  test('starts from its first rate', () => expect(search.start).toEqual({ rate: 2 }))
})
