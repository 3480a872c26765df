/** Callbacks as folds: early stopping by its definition; replaying reports restores what was remembered. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterReport, earlyStopping, type FitReport, folding, replay, together } from '../../../src/train/index.ts'

const report = (loss: number, i: number): FitReport => ({
  epoch: i + 1,
  steps: i,
  loss,
  metrics: { accuracy: 1 - loss },
})
const losses = fc.array(fc.constantFrom(0.1, 0.2, 0.3, 0.4, Number.NaN), { maxLength: 12 })
/** By the definition: the first epoch such that the last `patience` epochs are not better than the best before them. */
const stopsAt = (values: readonly number[], patience: number): number => {
  const best = (n: number): number => Math.min(Infinity, ...values.slice(0, n).filter((v) => !Number.isNaN(v)))
  for (let n = patience; n <= values.length; n++) if (best(n) >= best(n - patience)) return n
  return -1
}
/** By the definition: the first epoch with the least value; none if all are NaN. */
const bestOf = (values: readonly number[]): number | undefined => {
  const least = Math.min(Infinity, ...values.filter((v) => !Number.isNaN(v)))
  return values.includes(least) ? values.indexOf(least) + 1 : undefined
}
const firstStop = (values: readonly number[], stopping: Parameters<typeof earlyStopping>[0]): number => {
  const reports = values.map(report)
  for (let n = 1; n <= reports.length; n++)
    if (replay(earlyStopping(stopping), reports.slice(0, n))[0] === 'stop') return n
  return -1
}
test('early stopping, of a loss and of a metric', () =>
  fc.assert(
    fc.property(losses, fc.integer({ min: 1, max: 4 }), (values, patience) => {
      const expected = stopsAt(values, patience)
      expect(firstStop(values, { watch: 'loss', best: 'least', patience })).toBe(expected)
      expect(firstStop(values, { watch: 'accuracy', best: 'most', patience })).toBe(expected)
    }),
    { seed: 4, numRuns: 500 },
  ))
test('keeps the state of the first best epoch, and none if restoreBest is false', () =>
  fc.assert(
    fc.property(losses, (values) => {
      const reports = values.map(report)
      const kept = (o: object): number | undefined =>
        replay(earlyStopping({ watch: 'loss', best: 'least', patience: 3, ...o }), reports)[2]
      expect(kept({})).toBe(bestOf(values))
      expect(kept({ watch: 'accuracy', best: 'most' })).toBe(bestOf(values))
      expect(kept({ restoreBest: false })).toBeUndefined()
    }),
    { seed: 6, numRuns: 500 },
  ))
test('of callbacks together, the first with a keep decides what is kept', () => {
  const [least, most] = (['least', 'most'] as const).map((best) => earlyStopping({ watch: 'loss', best, patience: 9 }))
  const silent = folding(0, (n: number) => n + 1)
  const reports = [0.3, 0.1, 0.4].map(report)
  expect(replay(together(silent, least ?? silent, most ?? silent), reports)[2]).toBe(2)
  expect(replay(together(most ?? silent, least ?? silent), reports)[2]).toBe(3)
  expect(replay(together(silent), reports)[2]).toBeUndefined()
})
test('a metric that is not measured is never better; an improvement below the threshold does not count', () => {
  expect(firstStop([0.4, 0.3, 0.2], { watch: 'nothing', best: 'most', patience: 2 })).toBe(2)
  expect(firstStop([0.4, 0.3, 0.35], { watch: 'loss', best: 'least', patience: 0 })).toBe(3)
  expect(firstStop([0.4, 0.35, 0.3, 0.25], { watch: 'loss', best: 'least', patience: 1, by: 0.06 })).toBe(2)
})
test('a callback is a value: replaying in two parts is replaying at once', () =>
  fc.assert(
    fc.property(losses, fc.nat(12), (values, cut) => {
      const sums = folding(
        0,
        (a: number, r) => a + (Number.isNaN(r.loss) ? 1 : r.loss),
        (a) => a > 1,
      )
      const both = together(sums, earlyStopping({ watch: 'loss', best: 'least', patience: 3 }))
      const reports = values.map(report)
      const [, half] = replay(both, reports.slice(0, cut))
      const rest = reports.slice(cut)
      if (rest.length > 0) expect(replay(half, rest)[0]).toBe(replay(both, reports)[0])
      expect(rest.reduce(afterReport, replay(both, reports.slice(0, cut)))[2]).toBe(replay(both, reports)[2])
    }),
    { seed: 5, numRuns: 200 },
  ))
