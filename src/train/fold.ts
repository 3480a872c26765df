/**
 * Training is a fold of a step over batches,
 *
 *   state_k+1, loss_k = step(state_k, batch_k)
 *
 * The step is compiled once and released at the end, also after an error. The state stays on the back end and is read
 * only when the receiver of a report requests it. The back end is an argument.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend } from '../../lang/backend.ts'
import { fault } from '../../lang/syntax/error.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { type Arrays, leavesWithPath } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { isColumn } from '../data/dataset.ts'
import type { Position } from './checkpoint.ts'
import { type CheckpointError, showCheckpointError } from './checkpointError.ts'
import type { WrongExamples } from './examples.ts'

/** The part of a back end that training uses. */
export type Runner<CompileError, RunError> = Pick<Backend<CompileError, RunError>, 'compile' | 'resident'>

/** Why training ended without a result. */
export type TrainError<BackendError> =
  /** The loss of a step is NaN or infinite. The state after that step is lost. */
  | NotFinite
  /** An epoch without a batch: fewer examples than a batch has, or an iterable that can be walked only once. */
  | { readonly _tag: 'NoBatches'; readonly epoch: number }
  | { readonly _tag: 'BackendFailed'; readonly error: BackendError }
  | WrongExamples
  /** A checkpoint could not be written or read. */
  | { readonly _tag: 'CheckpointFailed'; readonly error: CheckpointError }
  | { readonly _tag: 'RecordFailed'; readonly path: string; readonly reason: string }
/** A step whose loss is not finite. Steps, epochs, and the batches of an epoch are counted from 1. */
export interface NotFinite {
  readonly _tag: 'NotFinite'
  /** Over all epochs. */
  readonly step: number
  readonly epoch: number
  /** Of the epoch. */
  readonly batch: number
  readonly loss: number
  /** The first equation that was not finite, as text; `fit` searches for it. */
  readonly origin?: string
}

/** Three lines: what is wrong, where, what to try. `showBackend` renders the back end's own errors. */
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
        return fault(`wrong examples: ${e.found}`, e.path, e.expected)
      case 'CheckpointFailed':
        return showCheckpointError(e.error)
      case 'RecordFailed':
        return fault(`the record cannot be written (${e.reason})`, e.path, 'make room, or name another folder')
    }
  }

/** After a step. Steps and epochs are counted from 1. */
export interface StepReport {
  readonly epoch: number
  /** Over all epochs. */
  readonly step: number
  /** The loss of the batch before the step. */
  readonly loss: number
  /** The mean of the epoch's losses so far: after its last step it is the loss of the epoch. */
  readonly mean: number
}
/** After an epoch, counted from 1. */
export interface EpochReport<S, RunError> {
  readonly epoch: number
  /** The steps so far, over all epochs. */
  readonly steps: number
  /** The mean of the epoch's losses, each before its step. */
  readonly loss: number
  /** Reads a copy of the state after the epoch; only before the next step. */
  readonly state: TaskEither<RunError, S>
}
/** The result of `train`. */
export interface Trained<S> {
  readonly state: S
  /** The steps from the beginning, those before `done` included. */
  readonly steps: number
  /** The mean loss of every epoch. */
  readonly losses: readonly number[]
}
/** The options of `train`. */
export interface FoldOptions<S, D, CompileError, RunError> {
  readonly backend: Runner<CompileError, RunError>
  /** Its outputs are the next state, and a tree whose first leaf is the loss. */
  readonly step: Program<readonly [S, D], readonly [S, unknown]>
  /** The state before the first step. */
  readonly start: Arrays<S>
  /** The number of epochs, including those before `done`. */
  readonly epochs: number
  /** The batches of epoch 1, 2, ...; each iterable is walked once. */
  readonly batches: (epoch: number) => Iterable<Arrays<D>> | AsyncIterable<Arrays<D>>
  /** The progress of the earlier run that is resumed. Default: none. */
  readonly done?: Pick<Position, 'epochs' | 'steps'> & Partial<Position>
  /** Runs after every step. */
  readonly onStep?: (report: StepReport) => IO<void>
  /** Runs after every epoch: 'stop' ends the training, an error ends it as a failure. */
  readonly onEpoch?: (
    report: EpochReport<Arrays<S>, RunError>,
  ) => TaskEither<TrainError<CompileError | RunError>, 'continue' | 'stop'>
  /** Keeps the state after every `every` steps of an epoch, and after the epoch. */
  readonly save?: {
    readonly every: number
    readonly write: (at: Position, state: Arrays<S>) => TaskEither<CheckpointError, void>
  }
}

/** The first number of the first leaf. */
const lossOf = (results: unknown): number => {
  const [[, first] = []] = leavesWithPath(results, isColumn)
  return isColumn(first) ? (first[0] ?? Number.NaN) : Number.NaN
}

/**
 * The steps of all epochs in order.
 *
 * Law:     train(m + n epochs) = train(n epochs, done: m, start: the state of train(m epochs)), to the same bits; the
 *          same holds for every position and state that `save` writes
 * Errors:  NotFinite, at the first step whose loss is not; NoBatches; BackendFailed; CheckpointFailed
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
    // a back end can load every state that it reads
    const state = typed<TaskEither<RunError, Arrays<S>>>(held.read)
    const save = async (at: Position): Promise<E.Either<TrainError<CompileError | RunError>, void>> => {
      if (o.save === undefined) return E.right(undefined)
      const now = await state()
      if (E.isLeft(now)) return failed(now.left)
      const written = await o.save.write(at, now.right)()
      return E.mapLeft((error: CheckpointError) => ({ _tag: 'CheckpointFailed', error }) as const)(written)
    }
    const losses: number[] = []
    let step = o.done?.steps ?? 0
    // of the epoch in which the earlier run ended
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
          o.onStep?.({ epoch, step, loss, mean: total / batches })()
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
