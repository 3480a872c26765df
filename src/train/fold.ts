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
import type { Program } from '../../lang/program.ts'
import type { Arrays, Results } from '../../lang/tree.ts'

/** What training asks of a back end; every back end of this project is one. */
export interface Runner<CompileError, RunError> {
  readonly compile: <In, Out>(p: Program<In, Out>) => TaskEither<CompileError, Running<In, Out, RunError>>
  readonly resident: <S, D, R>(
    step: Program<readonly [S, D], readonly [S, R]>,
  ) => TaskEither<CompileError, Stepping<S, D, R, RunError>>
}
export interface Running<In, Out, RunError> {
  readonly run: (inputs: Arrays<In>) => TaskEither<RunError, Results<Out>>
  readonly release: IO<void>
}
/** A state that stays, and the step that moves it on. */
export interface Stepping<S, D, R, RunError> {
  readonly load: (state: Arrays<S>) => TaskEither<RunError, void>
  readonly step: (data: Arrays<D>) => TaskEither<RunError, Results<R>>
  readonly read: TaskEither<RunError, Results<S>>
  readonly release: IO<void>
}

export type TrainError<BackendError> =
  /** The loss of a step, counted from 1 over all epochs, is NaN or infinite: its state is thrown away. */
  | { readonly _tag: 'NotFinite'; readonly step: number; readonly epoch: number; readonly loss: number }
  /** An epoch with nothing in it: fewer examples than a batch has, or a list that can be walked once only. */
  | { readonly _tag: 'NoBatches'; readonly epoch: number }
  | { readonly _tag: 'BackendFailed'; readonly error: BackendError }

/** Three lines: what is wrong, where, what to try. `showBackend` says the back end's own errors. */
export const showTrainError =
  <B>(showBackend: (error: B) => string) =>
  (e: TrainError<B>): string => {
    switch (e._tag) {
      case 'NotFinite':
        return [
          `the loss is ${e.loss}`,
          `  in   step ${e.step}, epoch ${e.epoch}`,
          '  try  a smaller rate, clipNorm, or stable forms: crossEntropy on logits in place of log(softmax)',
        ].join('\n')
      case 'NoBatches':
        return `there is no batch\n  in   epoch ${e.epoch}\n  try  a smaller batch, or a list that can be walked again`
      case 'BackendFailed':
        return showBackend(e.error)
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
  /** Epochs that are done already, and steps in them: to go on from a checkpoint. */
  readonly done?: { readonly epochs: number; readonly steps: number }
  readonly onStep?: (report: StepReport) => IO<void>
  /** Measurements, checkpoints; 'stop' ends the training after this epoch, an error ends it as a failure. */
  readonly onEpoch?: (report: EpochReport<Arrays<S>, RunError>) => TaskEither<RunError, 'continue' | 'stop'>
}

const lossOf = (results: unknown): number => {
  const first = ArrayBuffer.isView(results) || results === null ? results : Object.values(results as object)[0]
  return ArrayBuffer.isView(first) ? ((first as Float64Array)[0] ?? Number.NaN) : lossOf(first)
}

/**
 * The steps of all epochs, one after the other.
 *
 * Law:     train(m + n epochs) = train(n epochs, done: m, start: the state of train(m epochs)), to the same bits
 * Errors:  NotFinite, at the step that met it; NoBatches; BackendFailed
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
    const losses: number[] = []
    let step = o.done?.steps ?? 0
    try {
      const loaded = await held.load(o.start)()
      if (E.isLeft(loaded)) return failed(loaded.left)
      for (let epoch = (o.done?.epochs ?? 0) + 1; epoch <= o.epochs; epoch++) {
        const before = step
        let total = 0
        for await (const batch of o.batches(epoch)) {
          const results = await held.step(batch)()
          if (E.isLeft(results)) return failed(results.left)
          const loss = lossOf(results.right)
          step += 1
          if (!Number.isFinite(loss)) return E.left({ _tag: 'NotFinite', step, epoch, loss } as const)
          total += loss
          o.onStep?.({ epoch, step, loss })()
        }
        const steps = step - before
        if (steps === 0) return E.left({ _tag: 'NoBatches', epoch } as const)
        losses.push(total / steps)
        const next = await o.onEpoch?.({ epoch, steps: step, loss: total / steps, state })()
        if (next !== undefined && E.isLeft(next)) return failed(next.left)
        if (next?.right === 'stop') break
      }
      const last = await state()
      return E.isLeft(last) ? failed(last.left) : E.right({ state: last.right, steps: step, losses })
    } finally {
      held.release()
    }
  }
