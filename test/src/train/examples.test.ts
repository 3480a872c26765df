/** Examples in memory: each leaf by its name, and of the length that its type and their number say. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { reference, showBackendError } from '../../../backends/index.ts'
import { mseLoss } from '../../../lang/operations/loss.ts'
import { add, mul } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { layer } from '../../../src/nn/index.ts'
import type { Opaque } from '../../../src/nn/rule.ts'
import { sgd } from '../../../src/optim/index.ts'
import { randomKey } from '../../../src/random/index.ts'
import { fit as fitNetwork, measure, measurementOrThrow, predictAll, showTrainError } from '../../../src/train/index.ts'

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
    ['too short', { y: sums.subarray(1) }, {}, /2 numbers .*\n {2}in {3}examples\.y\n {2}try .*3/],
    ['too long', { x: { a: new Float32Array(6), b: columns.b } }, {}, /6 numbers .*\n {2}in {3}examples\.x\.a\n/],
    ['a leaf that is missing', { x: { a: columns.a } }, {}, /nothing .*\n {2}in {3}examples\.x\.b\n/],
    ['no typed array', { y: [1, 2, 3] }, {}, /no typed array .*\n {2}in {3}examples\.y\n/],
    ['metrics of nothing', {}, { metrics }, /nothing .*\n {2}in {3}heldOut\n {2}try .*no metrics/],
    [
      'held out',
      {},
      { metrics, heldOut: { x: columns, y: sums, count: 4 } },
      /3 numbers .*\n {2}in {3}heldOut\.x\.a\n {2}try .*4/,
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
