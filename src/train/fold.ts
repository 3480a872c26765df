/**
 * Training is a fold of a step over batches,
 *
 *   state_k+1, loss_k = step(state_k, batch_k)
 *
 * in a step that is compiled once and released at the end, whatever the end. The state stays where the back end works,
 * and is read when a report's reader asks. The back end is an argument.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend } from '../../lang/backend.ts'
import { fault } from '../../lang/syntax/error.ts'
import type { Program } from '../../lang/syntax/program.ts'
import type { Arrays } from '../../lang/syntax/tree.ts'
import type { Position } from './checkpoint.ts'
import { type CheckpointError, showCheckpointError } from './checkpointError.ts'
import type { WrongExamples } from './examples.ts'

/** What training asks of a back end. */
export type Runner<CompileError, RunError> = Pick<Backend<CompileError, RunError>, 'compile' | 'resident'>

export type TrainError<BackendError> =
  /** The loss of a step, counted from 1 over all epochs, is NaN or infinite: its state is thrown away. */
  | NotFinite
  /** An epoch with nothing in it: fewer examples than a batch has, or a list that can be walked once only. */
  | { readonly _tag: 'NoBatches'; readonly epoch: number }
  | { readonly _tag: 'BackendFailed'; readonly error: BackendError }
  | WrongExamples
  /** What is kept for going on could not be written or read. */
  | { readonly _tag: 'CheckpointFailed'; readonly error: CheckpointError }
  | { readonly _tag: 'RecordFailed'; readonly path: string; readonly reason: string }
export interface NotFinite {
  readonly _tag: 'NotFinite'
  readonly step: number
  readonly epoch: number
  /** Of the epoch, from 1. */
  readonly batch: number
  readonly loss: number
  /** Where it began, as text, once it has been looked for. */
  readonly origin?: string
}

/** Three lines: what is wrong, where, what to try. `showBackend` says the back end's own errors. */
export const showTrainError =
  <B>(showBackend: (error: B) => string) =>
  (e: TrainError<B>): string => {
    switch (e._tag) {
      case 'NotFinite':
        return [
          `the loss is ${e.loss}`,
          `  in   step ${e.step}: epoch ${e.epoch}, batch ${e.batch}`,
          ...(e.origin === undefined ? [] : [e.origin]),
          '  try  a smaller rate, clipNorm, or stable forms: crossEntropy on logits in place of log(softmax)',
        ].join('\n')
      case 'NoBatches':
        return fault('there is no batch', `epoch ${e.epoch}`, 'a smaller batch, or a list that can be walked again')
      case 'BackendFailed':
        return showBackend(e.error)
      case 'WrongExamples':
        return fault(`${e.found} where examples are wanted`, e.path, e.expected)
      case 'CheckpointFailed':
        return showCheckpointError(e.error)
      case 'RecordFailed':
        return fault(`the record cannot be written (${e.reason})`, e.path, 'make room, or name another folder')
    }
  }

/** After a step. Steps and epochs count from 1. */
export interface StepReport {
  readonly epoch: number
  readonly step: number
  /** Of the batch, before the step. */
  readonly loss: number
}
export interface EpochReport<S, RunError> {
  readonly epoch: number
  readonly steps: number
  /** The mean of the epoch's losses, each before its step. */
  readonly loss: number
  /** A copy of the state after the epoch, when it is asked for, before the next step. */
  readonly state: TaskEither<RunError, S>
}
export interface Trained<S> {
  readonly state: S
  readonly steps: number
  /** The mean loss of every epoch. */
  readonly losses: readonly number[]
}
export interface FoldOptions<S, D, CompileError, RunError> {
  readonly backend: Runner<CompileError, RunError>
  /** The first output of all but the state is the loss. */
  readonly step: Program<readonly [S, D], readonly [S, unknown]>
  readonly start: Arrays<S>
  readonly epochs: number
  /** The batches of an epoch, 1, 2, ...: lazy, and walked once each. */
  readonly batches: (epoch: number) => Iterable<Arrays<D>> | AsyncIterable<Arrays<D>>
  /** What is done already: to go on from a checkpoint. */
  readonly done?: Pick<Position, 'epochs' | 'steps'> & Partial<Position>
  readonly onStep?: (report: StepReport) => IO<void>
  /** Measurements, checkpoints; 'stop' ends the training after this epoch, an error ends it as a failure. */
  readonly onEpoch?: (
    report: EpochReport<Arrays<S>, RunError>,
  ) => TaskEither<TrainError<CompileError | RunError>, 'continue' | 'stop'>
  /** After every so many steps of an epoch, and after the epoch. */
  readonly save?: {
    readonly every: number
    readonly write: (at: Position, state: Arrays<S>) => TaskEither<CheckpointError, void>
  }
}

const lossOf = (results: unknown): number => {
  const first = ArrayBuffer.isView(results) || results === null ? results : Object.values(results as object)[0]
  return ArrayBuffer.isView(first) ? ((first as Float64Array)[0] ?? Number.NaN) : lossOf(first)
}

/**
 * The steps of all epochs, one after the other.
 *
 * Law:     train(m + n epochs) = train(n epochs, done: m, start: the state of train(m epochs)), to the same bits; and so
 *          for any `at` and state that `save` is handed
 * Errors:  NotFinite, at the step that met it; NoBatches; BackendFailed; CheckpointFailed
 */
export const train =
  <S, D, CompileError, RunError>(
    o: FoldOptions<S, D, CompileError, RunError>,
  ): TaskEither<TrainError<CompileError | RunError>, Trained<Arrays<S>>> =>
  async () => {
    const failed = (error: CompileError | RunError) => E.left({ _tag: 'BackendFailed', error } as const)
    const compiled = await o.backend.resident(o.step)()
    if (E.isLeft(compiled)) return failed(compiled.left)
    const held = compiled.right
    const state = held.read as TaskEither<RunError, never>
    const save = async (at: Position): Promise<E.Either<TrainError<CompileError | RunError>, void>> => {
      if (o.save === undefined) return E.right(undefined)
      const now = await state()
      if (E.isLeft(now)) return failed(now.left)
      const written = await o.save.write(at, now.right)()
      return E.mapLeft((error: CheckpointError) => ({ _tag: 'CheckpointFailed', error }) as const)(written)
    }
    const losses: number[] = []
    let step = o.done?.steps ?? 0
    // of an epoch that is under way
    let [skipped, total] = [o.done?.batches ?? 0, o.done?.total ?? 0]
    try {
      const loaded = await held.load(o.start)()
      if (E.isLeft(loaded)) return failed(loaded.left)
      for (let epoch = (o.done?.epochs ?? 0) + 1; epoch <= o.epochs; epoch++) {
        let batches = 0
        for await (const data of o.batches(epoch)) {
          batches += 1
          if (batches <= skipped) continue
          const results = await held.step(data)()
          if (E.isLeft(results)) return failed(results.left)
          const loss = lossOf(results.right)
          step += 1
          if (!Number.isFinite(loss)) return E.left({ _tag: 'NotFinite', step, epoch, batch: batches, loss } as const)
          total += loss
          o.onStep?.({ epoch, step, loss })()
          if (o.save !== undefined && batches % o.save.every === 0) {
            const saved = await save({ epochs: epoch - 1, steps: step, batches, total })
            if (E.isLeft(saved)) return saved
          }
        }
        if (batches === 0) return E.left({ _tag: 'NoBatches', epoch } as const)
        const loss = total / batches
        losses.push(loss)
        ;[skipped, total] = [0, 0]
        const next = await o.onEpoch?.({ epoch, steps: step, loss, state })()
        if (next !== undefined && E.isLeft(next)) return next
        const saved = await save({ epochs: epoch, steps: step, batches: 0, total: 0 })
        if (E.isLeft(saved)) return saved
        if (next?.right === 'stop') break
      }
      const last = await state()
      return E.isLeft(last) ? failed(last.left) : E.right({ state: last.right, steps: step, losses })
    } finally {
      held.release()
    }
  }
