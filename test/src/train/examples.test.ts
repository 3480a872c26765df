/** Examples in memory: each leaf by its name, and of the length that its type and their number say. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { reference, showBackendError } from '../../../backends/index.ts'
import { crossEntropy, nllLoss } from '../../../lang/operations/classLoss.ts'
import { mseLoss } from '../../../lang/operations/distanceLoss.ts'
import { add, mul, sub } from '../../../lang/primitives/elementwise.ts'
import { permute } from '../../../lang/primitives/reindex.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { dense, layer } from '../../../src/nn/index.ts'
import type { Opaque } from '../../../src/nn/rule.ts'
import { sgd } from '../../../src/optim/index.ts'
import { randomKey } from '../../../src/random/index.ts'
import {
  accuracy,
  fit as fitNetwork,
  measure,
  measurementOrThrow,
  predictAll,
  showTrainError,
} from '../../../src/train/index.ts'

/** w a + 10 b of a record, so that a and b are told apart; w starts at 1. */
const network = layer<Opaque>()({
  name: 'sum',
  params: { w: real() },
  init: () => ({ params: { w: Float32Array.of(1) } }),
  apply: (p, state, _, v: { readonly a: Expr; readonly b: Expr }) => [
    add(mul(p.w as Expr, v.a) as Expr, mul(10, v.b)),
    state,
  ],
})
const x = { a: real(), b: real() }
const columns = { a: Float32Array.of(1, 2, 3), b: Float32Array.of(4, 5, 6) }
const sums = Float32Array.of(41, 52, 63)
const trained = { params: { w: Float32Array.of(1) }, state: null }
const shapes = { x, y: real(), batch: 2 } as const
const training = (examples: object, more: object = {}) =>
  fitNetwork({
    backend: reference,
    network: network,
    loss: mseLoss(),
    optimizer: sgd({ rate: 0.01 }),
    shapes: shapes,
    examples: { x: columns, y: sums, count: 3, ...examples } as never,
    epochs: 1,
    key: randomKey(1),
    ...more,
  })()

describe('a leaf is found by its name, not by its position', () => {
  const swapped = { b: columns.b, a: columns.a }
  test.each([columns, swapped])('predicted', async (given) => {
    const asked = predictAll(reference)(network, { x, batch: 2 })
    expect(await asked(trained, { x: given, y: null, count: 3 })()).toEqual(E.right(sums))
  })
  test.each([columns, swapped])('measured', async (given) => {
    const program = measurementOrThrow(network, { error: mseLoss() }, shapes)
    const examples = { x: given, y: sums, count: 3 }
    expect(await measure(reference)(program)(trained, examples)()).toEqual(E.right({ error: 0 }))
  })
  test('trained on', async () =>
    expect(await training({ x: swapped })).toMatchObject({ right: { history: [{ loss: 0 }] } }))
})

describe('examples that are not what the shapes say', () => {
  const metrics = { error: mseLoss() }
  test.each<readonly [string, object, object, RegExp]>([
    ['too short', { y: sums.subarray(1) }, {}, /2 numbers\n {2}in {3}examples\.y\n {2}try .*3/],
    ['too long', { x: { a: new Float32Array(6), b: columns.b } }, {}, /6 numbers\n {2}in {3}examples\.x\.a\n/],
    ['a leaf that is missing', { x: { a: columns.a } }, {}, /nothing\n {2}in {3}examples\.x\.b\n/],
    ['no typed array', { y: [1, 2, 3] }, {}, /no typed array\n {2}in {3}examples\.y\n/],
    ['metrics of nothing', {}, { metrics }, /nothing\n {2}in {3}heldOut\n {2}try .*no metrics/],
    [
      'held out',
      {},
      { metrics, heldOut: { x: columns, y: sums, count: 4 } },
      /3 numbers\n {2}in {3}heldOut\.x\.a\n {2}try .*4/,
    ],
  ])('%s: a typed error that names the leaf', async (_, examples, more, said) => {
    const result = await training(examples, more)
    expect(result).toMatchObject({ left: { _tag: 'WrongExamples' } })
    expect(E.isLeft(result) && showTrainError(showBackendError)(result.left as never)).toMatch(said)
  })
  test('predicted, and measured', async () => {
    const short = { x: { ...columns, b: columns.b.subarray(1) }, y: sums, count: 3 }
    const wrong = { left: { _tag: 'WrongExamples', path: 'examples.x.b' } }
    expect(await predictAll(reference)(network, { x, batch: 2 })(trained, short)()).toMatchObject(wrong)
    const program = measurementOrThrow(network, metrics, shapes)
    expect(await measure(reference)(program)(trained, short)()).toMatchObject(wrong)
  })
})

describe('labels that are no class', () => {
  const x = Float32Array.of(1, 2, 3, 4)
  const classify = (y: ArrayLike<number>, loss: unknown, more: object = {}): Promise<E.Either<unknown, unknown>> =>
    fitNetwork({
      backend: reference,
      network: dense(1, 3),
      loss: loss as never,
      optimizer: sgd({ rate: 0.1 }),
      key: randomKey(1),
      epochs: 1,
      shapes: { x: real(1), y: int(), batch: 2 },
      examples: { x, y: Int32Array.from(y), count: 4 },
      ...more,
    })()
  const says = (label: number, example: number, path = 'examples.y') => ({
    left: {
      _tag: 'WrongExamples',
      path,
      found: `the label ${label} in example ${example}`,
      expected: 'a class, 0 .. 2',
    },
  })
  type Logits = Expr<readonly [3], 'real'>
  type Label = Expr<readonly [], 'int'>
  test('the first is named', async () => {
    expect(await classify([0, 2, 3, -1], crossEntropy())).toMatchObject(says(3, 2))
    expect(await classify([0, -1, 3, 0], nllLoss())).toMatchObject(says(-1, 1))
    expect(await classify([0, 1, 2, 0], crossEntropy())).toMatchObject({ _tag: 'Right' })
    const wrong = await classify([0, 2, 3, -1], crossEntropy())
    expect(E.isLeft(wrong) && showTrainError(showBackendError)(wrong.left as never)).toBe(
      'wrong examples: the label 3 in example 2\n  in   examples.y\n  try  a class, 0 .. 2',
    )
  })
  test('labels that the loss leaves out are fine, others are not', async () => {
    const loss = crossEntropy({ ignoreIndex: -1, reduction: 'sum' })
    expect(await classify([0, -1, 2, -1], loss)).toMatchObject({ _tag: 'Right' })
    expect(await classify([0, -1, 2, -2], loss)).toMatchObject(says(-2, 3))
  })
  test('in a loss made of others, and in a shifted label', async () => {
    const doubled = (b: Logits, t: Label) => mul(2, crossEntropy({ labelSmoothing: 0.1 })(b, t))
    expect(await classify([0, 1, 2, 5], doubled)).toMatchObject(says(5, 3))
    const fromOne = (b: Logits, t: Label) => crossEntropy()(b, sub(t, 1))
    expect(await classify([1, 2, 3, 3], fromOne)).toMatchObject({ _tag: 'Right' })
    expect(await classify([1, 0, 3, 3], fromOne)).toMatchObject(says(-1, 1))
  })
  test('held out, as the metrics read them', async () => {
    const heldOut = { x, y: Int32Array.of(0, 1, 2, 3), count: 4 }
    const good = [0, 1, 2, 0]
    const byLoss = await classify(good, crossEntropy(), { heldOut, metrics: { loss: crossEntropy() } })
    expect(byLoss).toMatchObject(says(3, 3, 'heldOut.y'))
    // a label that is no class is never predicted, which is what accuracy counts
    const byShare = await classify(good, crossEntropy(), { heldOut, metrics: { accuracy } })
    expect(byShare).toMatchObject({ _tag: 'Right' })
  })
  test('of pixels, in a tree', async () => {
    const scaled = layer<Opaque>()({
      name: 'scaled',
      params: { w: real() },
      init: () => ({ params: { w: Float32Array.of(1) } }),
      apply: (p, state, _, v: Expr) => [mul(p.w as Expr, v) as Expr, state],
    })
    const pixels = await fitNetwork({
      backend: reference,
      network: scaled,
      loss: (b: Expr, t: { readonly of: Expr<readonly [2], 'int'> }) =>
        crossEntropy()(permute([1, 0])(b) as Expr, t.of),
      optimizer: sgd({ rate: 0.1 }),
      key: randomKey(1),
      epochs: 1,
      shapes: { x: real(3, 2), y: { of: int(2) }, batch: 1 },
      examples: { x: new Float32Array(12), y: { of: Int32Array.of(0, 1, 2, 7) }, count: 2 },
    } as never)()
    expect(pixels).toMatchObject(says(7, 1, 'examples.y.of'))
  })
})
