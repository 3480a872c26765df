/** All epochs of a step, from where they begin: batches from keys, and what happens after an epoch. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Program } from '../../lang/syntax/program.ts'
import type { TypeRule } from '../nn/rule.ts'
import { foldIn, splitKey } from '../random/key.ts'
import { blame } from './blame.ts'
import { type FitReport, hear, replay, together } from './callback.ts'
import type { Identity, Position } from './checkpoint.ts'
import type { CheckpointError } from './checkpointError.ts'
import { augmented, type DataBatch, shuffled, skipping } from './examples.ts'
import { type EpochReport, type NotFinite, type StepReport, train } from './fold.ts'
import type { Meter } from './measure.ts'
import type { FitError, FitOptions, Fitted, Plan } from './options.ts'
import { type RecordLine, recordBegun, showRecord } from './record.ts'
import { atStart, type Begun } from './resume.ts'
import { type Log, type Store, type StoreFailure, writeCheckpoint } from './store.ts'

type TaskEither<Error, A> = TE.TaskEither<Error, A>
export type Untyped = FitOptions<
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
export type Step = Program<readonly [unknown, DataBatch], unknown>
export type Fit = Fitted<unknown, unknown, unknown, string>
export type Outcome<A> = TaskEither<FitError<unknown>, A>
export type AnyMeter = Meter<never, never, unknown, unknown>
export const backendFailed = (error: unknown): FitError<unknown> => ({ _tag: 'BackendFailed', error })

/** The keys of a run's three uses of chance; layers draw from a fourth, which the state holds. */
export const keysOf = (o: Untyped) => splitKey(3)(o.key)

// -- the record ------------------------------------------------------------------------------------------------------

type End = Extract<RecordLine, { readonly line: 'end' }>
/** Lines written as the run goes on; nothing where no record is asked for. */
const recorder = (o: Untyped, begun: Begun<never>) => {
  const began = performance.now()
  const seconds = (): number => Math.round(performance.now() - began) / 1000
  const { record } = o
  const told = (tell: (log: Log) => TaskEither<StoreFailure, void>): Outcome<void> =>
    record === undefined
      ? TE.right(undefined)
      : TE.mapLeft(
          ({ reason }: StoreFailure): FitError<unknown> => ({
            _tag: 'RecordFailed',
            path: record.log.name,
            reason,
          }),
        )(tell(record.log))
  const settings = {
    epochs: o.epochs,
    batch: o.shapes.batch,
    examples: o.examples.count,
    heldOut: o.heldOut?.count ?? 0,
  }
  const write = (line: RecordLine): Outcome<void> => told((log) => log.append(showRecord([line])))
  return {
    begin: (): Outcome<void> =>
      told((log) =>
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
    epoch: (report: FitReport): Outcome<void> => write({ line: 'epoch', seconds: seconds(), ...report }),
    end: (end: Pick<End, 'epochs' | 'steps' | 'outcome'>): Outcome<void> =>
      write({ line: 'end', seconds: seconds(), ...end }),
  }
}

// -- the epochs ------------------------------------------------------------------------------------------------------

/** Errors: those of fit but IllTyped */
export const epochsOf = (
  o: Untyped,
  step: Step,
  held: AnyMeter | undefined,
  identity: Identity,
  begun: Begun<never>,
): Outcome<Fit> => {
  const [types, data] = step.in as readonly [unknown, DataBatch]
  const [, forOrder, forAugment] = keysOf(o)
  const plan: Plan = { epochs: o.epochs, stepsPerEpoch: Math.floor(o.examples.count / o.shapes.batch) }
  const lines = recorder(o, begun)
  const history = [...begun.history]
  let told = replay(o.callback ?? together(), history)
  const done = told[0] === 'stop'
  let best = told[2] === undefined ? undefined : begun.best
  // the last state that is known: where a search for NaN begins
  let known: Pick<Begun<never>, 'state' | 'position'> = begun
  const batches = (epoch: number): Iterable<never> =>
    augmented(o.augment, foldIn(epoch)(forAugment), shuffled(foldIn(epoch)(forOrder), data, o.examples)) as never
  const write =
    (store: Store) =>
    (position: Position, state: unknown): TaskEither<CheckpointError, void> => {
      known = { state: state as never, position }
      const kept = best === undefined ? {} : { best }
      return writeCheckpoint(store, types, { identity, position, history, state: state as never, ...kept })
    }
  const measured = (state: never): TaskEither<unknown, FitReport['metrics']> =>
    held === undefined || o.heldOut === undefined ? TE.right({}) : (held.read(state, o.heldOut) as never)
  const afterEpoch = ({ epoch, steps, loss, state }: EpochReport<never, unknown>): Outcome<'continue' | 'stop'> =>
    pipe(
      state,
      TE.chain((now) => {
        known = { state: now, position: { ...atStart, epochs: epoch, steps } }
        return measured(now)
      }),
      TE.bimap(backendFailed, (metrics): FitReport => ({ epoch, steps, loss, metrics })),
      TE.chainFirst(lines.epoch),
      TE.map((report) => {
        history.push(report)
        told = hear(told, report)
        if (told[2] === epoch) best = { epoch, state: known.state }
        const asked = o.onEpoch?.(report)() ?? 'continue'
        return told[0] === 'stop' ? 'stop' : asked
      }),
    )
  const explained = (e: NotFinite): Outcome<never> => {
    const { epochs, steps, batches: done } = known.position
    const rest = skipping(done, batches(epochs + 1))
    return pipe(
      TE.fromTask(blame(o.backend, step as never, { state: known.state, steps }, rest)),
      TE.chain((origin) => TE.left(origin === undefined ? e : { ...e, origin })),
    )
  }
  const epochs = (): number => history.at(-1)?.epoch ?? begun.position.epochs
  const folded = train({
    backend: o.backend,
    step: step as never,
    start: begun.state,
    epochs: done ? begun.position.epochs : o.epochs,
    done: begun.position,
    batches,
    ...(o.onStep && { onStep: (r: StepReport) => (o.onStep as NonNullable<typeof o.onStep>)({ ...r, ...plan }) }),
    ...(o.checkpoint && { save: { every: o.checkpoint.every ?? Infinity, write: write(o.checkpoint.store) } }),
    onEpoch: afterEpoch as never,
  })
  return pipe(
    lines.begin(),
    TE.chain(() => folded as Outcome<{ readonly state: unknown; readonly steps: number }>),
    TE.chainFirst(({ steps }) =>
      lines.end({ epochs: epochs(), steps, outcome: epochs() < o.epochs ? 'stopped' : 'done' }),
    ),
    TE.map(({ state, steps }): Fit => {
      const last = { state: state as never, epochs: epochs(), steps }
      return { ...last, epoch: last.epochs, ...best, history, last }
    }),
    TE.orElse((e) => (e._tag === 'NotFinite' ? explained(e) : TE.left(e))),
    TE.orElseFirstW((e) => lines.end({ epochs: epochs(), steps: known.position.steps, outcome: e._tag })),
  )
}
