/** All epochs of a step: the effects of a run (steps, measurements, checkpoints, lines of the record) around run.ts. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TypeRule } from '../nn/rule.ts'
import { foldIn, splitKey } from '../random/key.ts'
import { blame } from './blame.ts'
import { type FitReport, together } from './callback.ts'
import type { Identity, Position } from './checkpoint.ts'
import { augmented, type DataBatch, shuffled, skipping } from './examples.ts'
import { type EpochReport, type NotFinite, type StepReport, type TrainError, train } from './fold.ts'
import type { Meter } from './measure.ts'
import type { FitOptions, Plan, Reached } from './options.ts'
import { type RecordLine, recordBegun, showRecord } from './record.ts'
import { type AnyState, after, atStart, type Begun, type Run, type RunEvent, type StepProgram, started } from './run.ts'
import { type Log, type StoreFailure, writeCheckpoint } from './store.ts'

type TaskEither<Error, A> = TE.TaskEither<Error, A>
type Training<A> = TaskEither<TrainError<unknown>, A>
/** The options of `fit` for any network. */
export type AnyOptions = FitOptions<
  unknown,
  unknown,
  unknown,
  TypeRule,
  string,
  unknown,
  unknown,
  unknown,
  unknown,
  unknown
>
export type AnyMeter = Meter<unknown, unknown, FitReport['metrics'], unknown>
type AnyReached = Omit<Reached<unknown, unknown, unknown, string>, 'state'> & { readonly state: AnyState }
/** The result of `fit`, for any network. */
export interface AnyFitted extends AnyReached {
  readonly epoch: number
  readonly history: readonly FitReport[]
  readonly last: AnyReached
}
export const backendFailed = (error: unknown): TrainError<unknown> => ({ _tag: 'BackendFailed', error })

/** The keys of a run: for the first state, the order of examples, and augmentation. */
export const keysOf = (o: AnyOptions) => splitKey(3)(o.key)

// -- the record ------------------------------------------------------------------------------------------------------

type End = Extract<RecordLine, { readonly line: 'end' }>
/** Writers of the lines of a record; they do nothing if the options have no record. */
const recorder = (o: AnyOptions, begun: Begun) => {
  const began = performance.now()
  const seconds = (): number => Math.round(performance.now() - began) / 1000
  const { record } = o
  const logged = (write: (log: Log) => TaskEither<StoreFailure, void>): Training<void> =>
    record === undefined
      ? TE.right(undefined)
      : pipe(
          write(record.log),
          TE.mapLeft(({ reason }): TrainError<unknown> => ({ _tag: 'RecordFailed', path: record.log.name, reason })),
        )
  const settings = {
    epochs: o.epochs,
    batch: o.shapes.batch,
    examples: o.examples.count,
    heldOut: o.heldOut?.count ?? 0,
  }
  const append = (line: RecordLine): Training<void> => logged((log) => log.append(showRecord([line])))
  return {
    begin: (): Training<void> =>
      logged((log) =>
        pipe(
          begun.position.epochs > 0 ? log.read : TE.right(undefined),
          TE.chain((before = '') =>
            log.write(
              recordBegun(before, {
                line: 'begin',
                at: new Date().toISOString(),
                after: begun.position.epochs,
                versions: { ...log.versions, ...record?.versions },
                settings: { ...record?.settings, ...settings },
              }),
            ),
          ),
        ),
      ),
    epoch: (report: FitReport): Training<void> => append({ line: 'epoch', seconds: seconds(), ...report }),
    end: (end: Pick<End, 'epochs' | 'steps' | 'outcome'>): Training<void> =>
      append({ line: 'end', seconds: seconds(), ...end }),
  }
}

// -- the epochs ------------------------------------------------------------------------------------------------------

/** The batches of an epoch: shuffled, then augmented, each from a child of its key. */
const batchesOf = (o: AnyOptions, types: DataBatch) => {
  const [, forOrder, forAugment] = keysOf(o)
  return (epoch: number) =>
    augmented(o.augment, foldIn(epoch)(forAugment), shuffled(foldIn(epoch)(forOrder), types, o.examples))
}
type Batches = ReturnType<typeof batchesOf>
const metricsOf = (
  o: AnyOptions,
  meter: AnyMeter | undefined,
  state: AnyState,
): TaskEither<unknown, FitReport['metrics']> =>
  meter === undefined || o.heldOut === undefined ? TE.right({}) : meter.read(state, o.heldOut)

/** The error, with the first equation that was not finite where it is found: the steps since the last state again. */
const explained = (
  o: AnyOptions,
  step: StepProgram,
  { state, position }: Run,
  batches: Batches,
  e: NotFinite,
): Training<never> => {
  const rest = skipping(position.batches, batches(position.epochs + 1))
  return pipe(
    TE.fromTask(blame(o.backend, step, { state, steps: position.steps }, rest)),
    TE.chain((origin) => TE.left(origin === undefined ? e : { ...e, origin })),
  )
}

const answerOf = ({ epochs, history, best }: Run, { state, steps }: Pick<AnyReached, 'state' | 'steps'>): AnyFitted => {
  const last = { state, epochs, steps }
  return { ...last, epoch: epochs, ...best, history, last }
}
/** A training between the first and the last line of its record; `now` is the run so far. */
const recorded = (
  o: AnyOptions,
  lines: ReturnType<typeof recorder>,
  now: () => Run,
  training: Training<AnyFitted>,
): Training<AnyFitted> =>
  pipe(
    lines.begin(),
    TE.chain(() => training),
    TE.chainFirst(({ epochs, steps }) => lines.end({ epochs, steps, outcome: epochs < o.epochs ? 'stopped' : 'done' })),
    TE.orElseFirstW((e) => lines.end({ epochs: now().epochs, steps: now().position.steps, outcome: e._tag })),
  )

/** Errors: those of fit, except IllTyped */
export const runEpochs = (
  o: AnyOptions,
  step: StepProgram,
  meter: AnyMeter | undefined,
  identity: Identity,
  begun: Begun,
): Training<AnyFitted> => {
  const lines = recorder(o, begun)
  const batches = batchesOf(o, step.in[1])
  const plan: Plan = { epochs: o.epochs, stepsPerEpoch: Math.floor(o.examples.count / o.shapes.batch) }
  // the only mutable variable: `train` passes events one by one
  let run = started(o.callback ?? together(), begun)
  const happened = (event: RunEvent): void => {
    run = after(run, event)
  }
  const write = (store: NonNullable<AnyOptions['checkpoint']>['store']) => (position: Position, state: AnyState) => {
    happened({ _tag: 'StateRead', position, state })
    const { history, best } = run
    return writeCheckpoint(store, step.in[0], { identity, position, history, state, ...(best && { best }) })
  }
  const onEpoch = ({ epoch, steps, loss, state }: EpochReport<AnyState, unknown>): Training<'continue' | 'stop'> =>
    pipe(
      state,
      TE.chain((now) => {
        happened({ _tag: 'StateRead', position: { ...atStart, epochs: epoch, steps }, state: now })
        return metricsOf(o, meter, now)
      }),
      TE.bimap(backendFailed, (metrics): FitReport => ({ epoch, steps, loss, metrics })),
      TE.chainFirst(lines.epoch),
      TE.map((report) => {
        happened({ _tag: 'EpochReported', report })
        const asked = o.onEpoch?.(report)() ?? 'continue'
        return run.callback[0] === 'stop' ? 'stop' : asked
      }),
    )
  const { onStep, checkpoint } = o
  const folded = train({
    backend: o.backend,
    step,
    start: begun.state,
    epochs: run.callback[0] === 'stop' ? begun.position.epochs : o.epochs,
    done: begun.position,
    batches,
    onEpoch,
    ...(onStep && { onStep: (r: StepReport) => onStep({ ...r, ...plan }) }),
    ...(checkpoint && { save: { every: checkpoint.every ?? Infinity, write: write(checkpoint.store) } }),
  })
  const training = pipe(
    folded,
    TE.map((ended) => answerOf(run, ended)),
    TE.orElse((e) => (e._tag === 'NotFinite' ? explained(o, step, run, batches, e) : TE.left(e))),
  )
  // the report of the chosen epoch, which early stopping may have chosen before the last one
  const ended = (epoch: number | undefined) => TE.fromIO(() => o.onEnd?.(run.history.find((r) => r.epoch === epoch))())
  return pipe(
    recorded(o, lines, () => run, training),
    TE.chainFirstW(({ epoch }) => ended(epoch)),
    TE.orElseFirstW(() => ended(undefined)),
  )
}
