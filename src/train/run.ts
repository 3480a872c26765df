/**
 * A run of training as a value, and its next value after each event:
 *
 *   run_k+1 = after(run_k, event_k)
 *
 * epochs.ts folds it over the events of a training and has all effects. Trees are typed only at the boundary, fit.ts.
 */
import type { Program } from '../../lang/syntax/program.ts'
import type { Arrays } from '../../lang/syntax/tree.ts'
import { afterReport, type Callback, type CallbackState, type FitReport, replay } from './callback.ts'
import type { Kept, Position } from './checkpoint.ts'
import type { DataBatch } from './examples.ts'

/** The types of a state, as far as training looks into it. */
interface StateTypes {
  readonly params: unknown
  readonly state: unknown
}
/** A state as data. */
export type AnyState = Arrays<StateTypes>
/** A training step of any network. */
export type StepProgram = Program<readonly [StateTypes, DataBatch], readonly [StateTypes, unknown]>

/** Where a run begins or resumes. */
export interface Begun {
  readonly state: AnyState
  readonly position: Position
  readonly history: readonly FitReport[]
  readonly best?: Kept<AnyState>
}
export const atStart: Position = { epochs: 0, steps: 0, batches: 0, total: 0 }

export interface Run extends Begun {
  /** The epochs that were reported. */
  readonly epochs: number
  readonly callback: CallbackState
}
export type RunEvent =
  /** The state was read from the back end: a search for NaN begins at the last state that was read. */
  | { readonly _tag: 'StateRead'; readonly state: AnyState; readonly position: Position }
  /** An epoch was measured; its state has been read. */
  | { readonly _tag: 'EpochReported'; readonly report: FitReport }

/** The run before its first event. The callback replays the reports of the history. */
export const started = (from: Callback, { best, ...begun }: Begun): Run => {
  const callback = replay(from, begun.history)
  const [, , kept] = callback
  const epochs = begun.history.at(-1)?.epoch ?? begun.position.epochs
  return { ...begun, epochs, callback, ...(kept !== undefined && best && { best }) }
}
export const after = (run: Run, event: RunEvent): Run => {
  switch (event._tag) {
    case 'StateRead':
      return { ...run, state: event.state, position: event.position }
    case 'EpochReported': {
      const { report } = event
      const { epoch } = report
      const callback = afterReport(run.callback, report)
      const [, , kept] = callback
      const best = kept === epoch && { best: { epoch, state: run.state } }
      return { ...run, epochs: epoch, history: [...run.history, report], callback, ...best }
    }
  }
}
