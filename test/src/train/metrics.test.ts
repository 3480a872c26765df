/** Metrics: against figures counted by hand, and the laws between them. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { reference } from '../../../backends/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { dense, dropout, parameterCount, sequential } from '../../../src/nn/index.ts'
import { sgd } from '../../../src/optim/index.ts'
import { normal, randomKey } from '../../../src/random/key.ts'
import {
  accuracy,
  accuracyOf,
  argmaxRows,
  confusion,
  f1,
  iou,
  overClasses,
  precision,
  predictAll,
  probabilities,
  recall,
  startTraining,
  topK,
  worstMistakes,
} from '../../../src/train/index.ts'

const settings = { seed: 3, numRuns: 100 }
const labels = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 })

describe('topK', () => {
  const measured = (k: number, logits: readonly number[], label: number): number => {
    const p = programOrThrow({ x: real(4), y: int() }, ({ x, y }) => topK(k)(x, y))
    return evaluate(p.closed, [Float64Array.from(logits), Float64Array.of(label)])[0]?.[0] ?? -1
  }
  const first = programOrThrow({ x: real(4), y: int() }, ({ x, y }) => accuracy(x, y))
  const logits = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 4, maxLength: 4 })
  test('of 1 is accuracy, ties included', () =>
    fc.assert(
      fc.property(logits, fc.nat(3), (x, y) => {
        const [a] = evaluate(first.closed, [Float64Array.from(x), Float64Array.of(y)])
        return measured(1, x, y) === a?.[0]
      }),
      settings,
    ))
  test('is the position in a stable sort', () =>
    fc.assert(
      fc.property(logits, fc.nat(3), fc.integer({ min: 1, max: 5 }), (x, y, k) => {
        const order = x.map((_, i) => i).sort((a, b) => (x[b] ?? 0) - (x[a] ?? 0) || a - b)
        return measured(k, x, y) === Number(order.indexOf(y) < k)
      }),
      settings,
    ))
  test('is 0 if the logit is NaN', () => {
    expect(measured(4, [1, Number.NaN, 2, 3], 1)).toBe(0)
  })
})

describe('a confusion matrix', () => {
  // of class 0: 3 examples, 2 found; of class 1: 2, 1 found, 1 taken for 0; of class 2: none, taken for it once
  const m = confusion(3, [0, 0, 0, 1, 1], [0, 0, 2, 1, 0])
  test('counts', () => expect([...m.counts]).toEqual([2, 0, 1, 1, 1, 0, 0, 0, 0]))
  test('the metrics, by hand', () => {
    expect([...recall(m)]).toEqual([2 / 3, 1 / 2, Number.NaN])
    expect([...precision(m)]).toEqual([2 / 3, 1, 0])
    expect([...f1(m)]).toEqual([4 / 6, 2 / 3, 0])
    expect([...iou(m)]).toEqual([2 / 4, 1 / 2, 0])
    expect(accuracyOf(m)).toBe(3 / 5)
    expect(overClasses(recall(m))).toBeCloseTo(7 / 12, 12)
  })
  test('a label that is not a class is left out', () =>
    expect([...confusion(2, [0, 5, -1, 1], [0, 1, 1, 7]).counts]).toEqual([1, 0, 0, 0]))
  test('laws: its sum is the count, F1 = 2 IoU / (1 + IoU), and exchanging truth and prediction transposes it', () =>
    fc.assert(
      fc.property(labels, (pairs) => {
        const [t, p] = [pairs.map((x) => x[0]), pairs.map((x) => x[1])]
        const [a, b] = [confusion(4, t, p), confusion(4, p, t)]
        expect(a.counts.reduce((x, y) => x + y)).toBe(pairs.length)
        expect([...recall(a)]).toEqual([...precision(b)])
        expect(accuracyOf(a)).toBeCloseTo(t.filter((x, i) => x === p[i]).length / t.length, 12)
        iou(a).forEach((v, c) => {
          if (!Number.isNaN(v)) expect(f1(a)[c]).toBeCloseTo((2 * v) / (1 + v), 12)
        })
      }),
      settings,
    ))
})
test('the worst mistakes: in falling order of confidence', () => {
  const logits = [0, 5, 1, /**/ 3, 0, 0, /**/ 0, 0, 9, /**/ 0, 2, 1]
  const found = worstMistakes(logits, [1, 1, 0, 0], 3, 2)
  expect([...argmaxRows(logits, 3)]).toEqual([1, 0, 2, 1])
  expect(found.map((w) => [w.index, w.truth, w.predicted])).toEqual([
    [2, 0, 2],
    [1, 1, 0],
  ])
  expect(found[0]?.confidence).toBeCloseTo(Math.exp(9) / (Math.exp(9) + 2), 12)
  expect(probabilities([1000, 1000]).every((p) => p === 0.5)).toBe(true)
})
test('predictAll: every example once, with a partial last batch', async () => {
  const network = sequential(dense(3, 2), dropout(0.5))
  const { params, state } = startTraining(network, sgd({ rate: 1 }), randomKey(1))
  const x = Float32Array.from(normal(21)(randomKey(2)))
  const got = await predictAll(reference)(network, { x: real(3), batch: 3 })(
    { params, state },
    { x, y: null, count: 7 },
  )()
  if (E.isLeft(got)) throw new Error(JSON.stringify(got.left))
  expect(parameterCount(network)).toBe(8)
  const [{ w, b }] = params as unknown as readonly [{ readonly w: Float64Array; readonly b: Float64Array }]
  const by = (i: number, c: number): number =>
    [0, 1, 2].reduce((s, k) => s + (x[3 * i + k] ?? 0) * (w[3 * c + k] ?? 0), b[c] ?? 0)
  expect(got.right.length).toBe(14)
  got.right.forEach((v, j) => {
    expect(v).toBeCloseTo(by(Math.floor(j / 2), j % 2), 5)
  })
})
