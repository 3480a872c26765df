/** A run as a value: what an event changes, and what it leaves. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { earlyStopping, type FitReport, together } from '../../../src/train/index.ts'
import { type AnyState, after, atStart, type Begun, type Run, started } from '../../../src/train/run.ts'

const stateOf = (n: number): AnyState => ({ params: Float32Array.of(n), state: {} })
const begun: Begun = { state: stateOf(0), position: atStart, history: [] }
const stopping = earlyStopping({ watch: 'loss', best: 'least', patience: 2 })
const reports = (losses: readonly number[]): readonly FitReport[] =>
  losses.map((loss, i) => ({ epoch: i + 1, steps: 10 * (i + 1), loss, metrics: {} }))
/** The two events of an epoch, its state numbered by the epoch. */
const epoch = (run: Run, report: FitReport): Run => {
  const position = { ...atStart, epochs: report.epoch, steps: report.steps }
  const read = after(run, { _tag: 'StateRead', state: stateOf(report.epoch), position })
  return after(read, { _tag: 'EpochReported', report })
}
const losses = fc.array(fc.constantFrom(1, 2, 3, Number.NaN), { minLength: 1, maxLength: 8 })

describe('a run', () => {
  test('reports are its history, in order, and a run is never changed', () =>
    fc.assert(
      fc.property(losses, (all) => {
        const first = started(together(), begun)
        const last = reports(all).reduce(epoch, first)
        expect(last.history).toEqual(reports(all))
        expect([first.history, first.epochs]).toEqual([[], 0])
        expect([last.epochs, last.position.steps]).toEqual([all.length, 10 * all.length])
      }),
    ))
  test('keeps the state that was read before the report of the best epoch', () => {
    const last = reports([3, 1, 2, 2]).reduce(epoch, started(stopping, begun))
    expect(last.best).toEqual({ epoch: 2, state: stateOf(2) })
    expect([last.state, last.callback[0]]).toEqual([stateOf(4), 'stop'])
  })
  test('begun from its own history and best state, is the same run', () =>
    fc.assert(
      fc.property(losses, (all) => {
        const { callback, epochs, ...there } = reports(all).reduce(epoch, started(stopping, begun))
        const again = started(stopping, there)
        expect([again.epochs, again.callback[0], again.callback[2]]).toEqual([epochs, callback[0], callback[2]])
        expect(again.best).toEqual(there.best)
      }),
    ))
  test('begun with a best state that its callback does not keep, has none', () =>
    expect(started(together(), { ...begun, best: { epoch: 1, state: stateOf(1) } }).best).toBeUndefined())
})
