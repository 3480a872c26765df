/** Steps along gradients whose squares overflow or vanish in float32, against figures written out. */
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../backends/backend.ts'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { reference } from '../../../backends/reference/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamW,
  clipAdaptive,
  clipNorm,
  cosine,
  exponential,
  globalNorm,
  lamb,
  lineSearch,
  lion,
  type Optimizer,
  rmsProp,
  rprop,
  sgd,
  startState,
  stateTypes,
  update,
} from '../../../src/optim/index.ts'
import { compiled } from '../../backends/execution.ts'

type Numbers = readonly number[]
const types = { a: real(1), b: real(1) } as const
const leaves = (tree: unknown): readonly Float64Array[] =>
  ArrayBuffer.isView(tree)
    ? [Float64Array.from(tree as Float64Array)]
    : Object.values((tree ?? {}) as object).flatMap(leaves)
/** The parameters a and b, which start at 0, after a step along each of these gradients. */
const walk = async (backend: Backend, o: Optimizer, gradients: readonly Numbers[]): Promise<Numbers> => {
  const p = programOrThrow([types, types, stateTypes(o)(types)] as const, ([x, g, s]) => update(o)(x, g, s as never))
  const runner = await compiled(backend, p as never)
  let now: readonly ArrayLike<number>[] = [[0], [0], ...leaves(startState(o)(types))]
  for (const g of gradients)
    now = await runner.run([...now.slice(0, 2), ...g.map((x) => [x]), ...now.slice(2)].map((x) => Float64Array.from(x)))
  runner.release()
  return now.slice(0, 2).map((x) => x[0] as number)
}

/** An optimiser, the gradients of its steps, and where they lead. Both parameters see one gradient, but for clipping. */
const rows: readonly (readonly [string, Optimizer, readonly Numbers[], Numbers])[] = [
  // m / (1 - b1) = g and r / sqrt(1 - b2) = |g|: a step of the rate
  ['adam', adam({ rate: 0.1 }), [[1e25, -1e25]], [-0.1, 0.1]],
  ['adam, amsgrad', adam({ rate: 0.1, amsgrad: true }), [[1e25, -1e25]], [-0.1, 0.1]],
  ['adamW', adamW({ rate: 0.1 }), [[3e38, -3e38]], [-0.1, 0.1]],
  ['adam, small', adam({ rate: 0.1, eps: 0 }), [[1e-25, -1e-25]], [-0.1, 0.1]],
  // then rate (0.09 / 0.19) / sqrt(0.000999 / 0.001999) more
  [
    'adam, the step after',
    adam({ rate: 0.1 }),
    [
      [1e25, -1e25],
      [0, 0],
    ],
    [-0.16700582541365435, 0.16700582541365435],
  ],
  // g / sqrt(0.01 g^2)
  ['rmsProp', rmsProp({ rate: 0.1 }), [[1e25, -1e25]], [-1, 1]],
  ['rmsProp, small', rmsProp({ rate: 0.1, eps: 0 }), [[1e-25, -1e-25]], [-1, 1]],
  // g / sqrt(0.01 g^2 - (0.01 g)^2)
  [
    'rmsProp, centred',
    rmsProp({ rate: 0.1, centered: true }),
    [[1e25, -1e25]],
    [-1.0050378152592121, 1.0050378152592121],
  ],
  // sqrt(eps) g / sqrt(0.1 g^2)
  ['adadelta', adadelta({}), [[1e25, -1e25]], [-0.0031622776601683793, 0.0031622776601683793]],
  ['adagrad', adagrad({ rate: 0.1 }), [[1e25, -1e25]], [-0.1, 0.1]],
  ['adagrad, small', adagrad({ rate: 0.1, eps: 0 }), [[1e-25, -1e-25]], [-0.1, 0.1]],
  // max(0, |g| + eps) and m / (1 - b1) = g
  ['adamax', adamax({ rate: 0.1 }), [[1e25, -1e25]], [-0.1, 0.1]],
  ['lion', lion({ rate: 0.1 }), [[1e25, -1e-25]], [-0.1, 0.1]],
  ['rprop', rprop({ rate: 0.1 }), [[1e25, -1e-25]], [-0.1, 0.1]],
  // |p| is 0, so the ratio is 1
  ['lamb', lamb({ rate: 0.1 }), [[1e25, -1e25]], [-0.1, 0.1]],
  // rms(p) is below 1e-3, and u is g / |g|
  ['adafactor', adafactor({ rate: 0.1 }), [[1e25, -1e25]], [-1e-4, 1e-4]],
  // units of weight 0 may move by 0.5 eps
  ['clipAdaptive', pipe(sgd({ rate: 1 }), clipAdaptive(0.5, 0.01)), [[1e25, -1e-25]], [-5e-3, 1e-25]],
  ['clipNorm', pipe(sgd({ rate: 1 }), clipNorm(1)), [[3e20, 4e20]], [-0.6, -0.8]],
  ['clipNorm beside 0', pipe(sgd({ rate: 1 }), clipNorm(2)), [[0, 3e38]], [0, -2]],
]
describe.each<readonly [string, Backend]>([
  ['reference', reference],
  ['wasm', wasm()],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
])('%s', (_, backend) => {
  test.each(rows)('%s', async (_, o, gradients, expected) => {
    const found = await walk(backend, o, gradients)
    found.forEach((x, i) => {
      expect(Math.abs(x - (expected[i] as number))).toBeLessThanOrEqual(2e-6 * Math.abs(expected[i] as number))
    })
  })
  test('globalNorm, large and small', async () => {
    const p = programOrThrow(types, ({ a, b }) => globalNorm([a, b]))
    const runner = await compiled(backend, p as never)
    for (const c of [1e25, 1e-25]) {
      const [norm] = await runner.run([[3 * c], [4 * c]].map((x) => Float64Array.from(x)))
      expect((norm?.[0] as number) / c).toBeCloseTo(5, 5)
    }
    runner.release()
  })
  // the figures have arbitrary precision; 1 + cos cancels near the end, and 0.999999 has 6 digits in float32
  test.each([
    ['exponential', exponential(1, 0.999999), 1e6, 0.367879257231645],
    ['exponential', exponential(3, 0.9999), 3e4, 0.14933880105596],
    ['exponential, of nothing', exponential(1, 0), 0, 1],
    ['cosine near its end', cosine(1, 1000), 999, 2.46739907091694e-6],
    ['cosine near its end', cosine(1, 1e6), 999999, 2.46740110027031e-12],
    ['cosine, its end', cosine(1, 1e6), 1e6, 0],
    ['cosine, after its end', cosine(2, 10, 1), 20, 1],
  ] as const)('%s: %#', async (_, schedule, k, expected) => {
    const p = programOrThrow(real(), (step) => schedule(step))
    const runner = await compiled(backend, p as never)
    const [rate] = await runner.run([Float64Array.of(k)])
    runner.release()
    expect(Math.abs((rate?.[0] as number) - expected)).toBeLessThanOrEqual(1e-6 * expected)
  })
  // c x^2 / 2 for c = 1e10 at x = 1e10: the gradient is 1e20, and a step of 1e-10 ends at the minimum
  test('line search along a gradient of 1e20', async () => {
    const search = lineSearch({ first: 1e-10 })
    const p = programOrThrow([real(1), search.types] as const, ([x, s]) =>
      search.update((y) => sum()(mul(5e9, mul(y, y))), x, mul(1e10, x) as never, s),
    )
    const runner = await compiled(backend, p as never)
    const [x] = await runner.run([[1e10], [1e-10]].map((v) => Float64Array.from(v)))
    expect(Math.abs(x?.[0] as number)).toBeLessThan(1e4)
    runner.release()
  })
})
