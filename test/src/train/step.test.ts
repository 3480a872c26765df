/** A training step is one program: its parameters after some steps, its gradient, and its state. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { relu } from '../../../lang/operations/activation.ts'
import { crossEntropy } from '../../../lang/operations/classLoss.ts'
import { mseLoss } from '../../../lang/operations/distanceLoss.ts'
import { add, mul, tanh, toReal } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import { typeLeaves } from '../../../lang/syntax/tree.ts'
import { dense, dropout, type Layer, layer, sequential } from '../../../src/nn/index.ts'
import type { Same } from '../../../src/nn/rule.ts'
import { adam, type OptimizerState, sgd } from '../../../src/optim/index.ts'
import { randomKey } from '../../../src/random/key.ts'
import { descentStep, startTraining, type TrainState, trainStep, trainStepOrThrow } from '../../../src/train/index.ts'
import { close, closeAll, type Values } from '../../laws/close.ts'

const flat = (tree: unknown): readonly Tensor[] =>
  ArrayBuffer.isView(tree)
    ? [Float64Array.from(tree as Float64Array)]
    : Object.values((tree ?? {}) as object).flatMap(flat)
const numbers = (n: number, phase: number): Tensor =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(7 * i + phase))

/** PyTorch 1.13, float64: an MLP 3-4-4-1 on six points, mean squared error, Adam with rate 0.1; parameters after 6 steps. */
const x = [
  0.4571, 0.1277, 1.2275, -1.8464, 1.8881, 1.0509, -1.7098, -1.8668, 0.7948, 1.8228, -0.3539, 1.2827, -0.8826, 0.9373,
  1.484, -1.7823, -1.1754, 0.6352,
]
const y = [-0.2575, -0.0364, 0.0159, 0.5834, -0.2219, 0.9814]
const before = [
  [-0.7697, -0.554, -0.941, -1.0358, 0.6816, 0.6464, 0.1319, 1.1134, 0.4963, 1.0649, 0.8242, -0.5194],
  [0.0851, -0.0779, 0.0192, -0.0081],
  [
    -0.3087, 0.521, -0.8003, 0.7123, 0.3959, -0.6397, -0.6447, -0.5662, -0.9463, -0.9061, -0.2573, 0.5073, -0.7517,
    -0.834, 0.9697, -0.8728,
  ],
  [-0.0185, -0.0196, 0.0743, 0.045],
  [-0.7815, 0.1036, -0.6814, 0.4071],
  [0.0105],
]
const after = [
  [
    -1.1285827125106311, -0.8124027913354166, -0.628533157915719, -0.633102758663406, 1.0372148645792907,
    0.812999549227278, 0.4880133990369894, 0.7258364113772491, 0.791648566942554, 0.7029357440497325,
    1.1861642150172007, -0.881364251797747,
  ],
  [0.43763533494754053, -0.20894146602271318, 0.30967117649354015, -0.37006424783585756],
  [
    -0.6366983776352553, 0.19300162393720427, -1.1282983497408237, 0.3843016298176535, 0.5503317226991457,
    -0.13385320955024493, -0.6447, -0.5662, -0.9463, -0.9061, -0.5852983468261604, 0.17930163261432353, -0.7517,
    -1.3383283391834582, 0.4954999445077028, -0.5862419418663557,
  ],
  [-0.34649838015397816, 0.25325338802151004, -0.25369836792976236, -0.39878633203779845],
  [-0.4535016386365664, 0.11599332081576169, -0.35340164377002425, 0.04657790244290105],
  [0.08197285709774084],
]
const tensors = (xs: readonly (readonly number[])[]): Values => xs.map((a) => Float64Array.from(a))

test("six steps of Adam on an MLP are PyTorch's", () => {
  const net = sequential(dense(3, 4), relu, dense(4, 4), relu, dense(4, 1))
  const step = trainStepOrThrow(net, mseLoss(), adam({ rate: 0.1 }), { x: real(3), y: real(1), batch: 6 })
  const rest = flat(startTraining(net, adam({ rate: 0.1 }), randomKey(0))).slice(6)
  let state: Values = [...tensors(before), ...rest]
  for (let k = 0; k < 6; k++) state = evaluate(step.closed, [...state, ...tensors([x, y])]).slice(0, -1)
  expect(closeAll(state.slice(0, 6), tensors(after), 1e-11)).toBe(true)
})

const net = sequential(dense(2, 3), tanh, dense(3, 4))
const shapes = { x: real(2), y: int(), batch: 5 } as const
const data = [numbers(10, 1), Float64Array.of(0, 3, 1, 2, 3)]

describe('with plain descent at rate 1 a step subtracts the gradient', () => {
  const step = trainStepOrThrow(net, crossEntropy(), sgd({ rate: 1 }), shapes).closed
  const start = flat(startTraining(net, sgd({ rate: 1 }), randomKey(4)))
  const lossAt = (state: Values, d: Values): number => evaluate(step, [...state, ...d]).at(-1)?.[0] as number
  const gradient = (d: Values): Values => {
    const next = evaluate(step, [...start, ...d])
    return start.slice(0, 4).map((p, i) => p.map((e, k) => e - ((next[i] as Tensor)[k] as number)))
  }
  test('of the whole loss, by finite differences, at every parameter', () => {
    const h = 1e-5
    gradient(data).forEach((g, i) => {
      g.forEach((slope, k) => {
        const moved = (by: number): Values =>
          start.map((p, j) => (j === i ? p.map((e, m) => (m === k ? e + by : e)) : p))
        expect(Math.abs((lossAt(moved(h), data) - lossAt(moved(-h), data)) / (2 * h) - slope)).toBeLessThan(1e-9)
      })
    })
  })
  test('the gradient of a batch is the mean of the gradients of its examples', () => {
    const one = trainStepOrThrow(net, crossEntropy(), sgd({ rate: 1 }), { ...shapes, batch: 1 }).closed
    const [xs, ys] = data as [Tensor, Tensor]
    const each = [0, 1, 2, 3, 4].map((n) =>
      evaluate(one, [...start, xs.subarray(2 * n, 2 * n + 2), ys.subarray(n, n + 1)]),
    )
    const mean = start.map((_, i) =>
      (start[i] as Tensor).map((_, k) => each.reduce((a, e) => a + ((e[i] as Tensor)[k] as number), 0) / 5),
    )
    expect(closeAll(evaluate(step, [...start, ...data]).slice(0, 5), mean)).toBe(true)
  })
  test('parameters are not batched in the program: the weights are not repeated', () => {
    expect(typeLeaves(trainStepOrThrow(net, crossEntropy(), sgd({ rate: 1 }), shapes).in).slice(0, 2)).toEqual([
      real(3, 2),
      real(3),
    ])
  })
})

describe('the state from step to step', () => {
  /** Counts the examples it has seen in batches of one, and remembers the mean of what it saw. */
  const watcher: Layer<
    null,
    { readonly seen: Type<readonly [], 'int'>; readonly mean: Type<readonly [], 'real'> },
    null,
    Same
  > = layer<Same>()({
    name: 'watcher',
    state: { seen: int(), mean: real() },
    init: () => ({ state: { seen: Int32Array.of(0), mean: Float32Array.of(0) } }),
    apply: (_, { seen }, __, a: Expr) => [a, { seen: add(seen, 1), mean: add(toReal(seen), mul(a, 1)) as never }],
  }) as never
  test('of layers is the mean over the batch; for integers the first', () => {
    const seen = sequential(watcher, tanh)
    expectTypeOf(seen.state[0].seen).toEqualTypeOf<Type<readonly [], 'int'>>()
    const p = trainStepOrThrow(seen as never, ((b: Expr) => mul(b, b)) as never, sgd({ rate: 0.1 }), {
      x: real(),
      y: real(),
      batch: 4,
    } as never)
    const [step, count, mean] = evaluate(
      p.closed,
      [[0], [7], [0], [1, 2, 3, 6], [0, 0, 0, 0]].map((a) => Float64Array.from(a)),
    ) as Values
    expect([step, count, mean]).toEqual([Float64Array.of(1), Float64Array.of(8), Float64Array.of(10)])
  })
  test('has a key if a layer draws: another one in every step and for every example', () => {
    const random = sequential(dense(2, 2, { bias: false }), dropout(0.5), dropout(0.5))
    const o = sgd({ rate: 0 })
    const step = trainStepOrThrow(random, mseLoss(), o, { x: real(2), y: real(2), batch: 30 })
    expectTypeOf(step.in[0].key).toEqualTypeOf<Type<readonly [3], 'int'>>()
    const start = flat(startTraining(random, o, randomKey(1)))
    const given = [new Float64Array(60).fill(1), new Float64Array(60)]
    let state = start
    const losses = Array.from({ length: 4 }, () => {
      const out = evaluate(step.closed, [...state, ...given])
      state = out.slice(0, -1)
      return (out.at(-1) as Tensor)[0] as number
    })
    expect(new Set(losses).size).toBe(4)
    const again = evaluate(step.closed, [...start, ...given]).at(-1) as Tensor
    expect(again[0]).toBe(losses[0])
  })
  test('is null where nothing is remembered', () => {
    const step = trainStepOrThrow(net, crossEntropy(), adam({ rate: 0.1 }), shapes)
    type P = typeof net.params
    expectTypeOf(step.in[0]).toEqualTypeOf<
      TrainState<P, readonly [null, null, null], readonly [null, null, null], 'm' | 'rms'>
    >()
    expectTypeOf(step.in[0].optimizer).toEqualTypeOf<OptimizerState<P, 'm' | 'rms'>>()
    expectTypeOf(step.in[0].key).toEqualTypeOf<null>()
    expectTypeOf(step.in[1].x).toEqualTypeOf<Type<readonly [5, 2], 'real'>>()
    expect(step.in[0].key).toBeNull()
    expect(typeLeaves(step.out)).toEqual([...typeLeaves(step.in[0]), real()])
  })
})

describe('refused are', () => {
  test('a loss that is not one number, with diagnostics', () => {
    const loss = program([real(3), null], ([w]) => tanh(w))
    if (E.isLeft(loss)) throw new Error('ill-typed')
    const refused = descentStep(sgd({ rate: 1 }))(loss.right as never)
    expect(E.isLeft(refused) && refused.left.map((d) => d.problem._tag)).toEqual(['NotScalar'])
  })
  test('examples and targets that do not fit, at their argument', () => {
    // @ts-expect-error dense(2, 3) takes [..., 2], not [3]
    expect(E.isLeft(trainStep(net, crossEntropy(), sgd({ rate: 1 }), { x: real(3), y: int(), batch: 5 }))).toBe(true)
    // @ts-expect-error a target is one integer
    expect(E.isLeft(trainStep(net, crossEntropy(), sgd({ rate: 1 }), { x: real(2), y: int(2), batch: 5 }))).toBe(true)
  })
})
test('any loss of parameters and data: a line through points, in closed form', () => {
  const loss = programOrThrow(
    [
      { a: real(), b: real() },
      { x: real(4), y: real(4) },
    ],
    ([{ a, b }, d]) => mseLoss()(add(mul(a, d.x), b), d.y),
  )
  const step = descentStep(sgd({ rate: 0.1 }))(loss)
  if (E.isLeft(step)) throw new Error('ill-typed')
  let state = tensors([[0], [0], [0]])
  const points = tensors([
    [-1, 0, 1, 2],
    [3, 1, 0, -2],
  ])
  for (let k = 0; k < 400; k++) state = evaluate(step.right.closed, [...state, ...points]).slice(0, -1)
  // least squares: a = cov(x, y) / var(x) = -8 / 5, b = mean(y) - a mean(x) = 0.5 + 0.8
  expect(close(state[0]?.[0] as number, -1.6, 1e-9)).toBe(true)
  expect(close(state[1]?.[0] as number, 1.3, 1e-9)).toBe(true)
})
