/** Where a run begins: from its checkpoint, from a run in memory, or from its key. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { print } from '../../lang/text/print.ts'
import type { Key } from '../random/key.ts'
import { type Callback, type FitReport, replay } from './callback.ts'
import type { Identity } from './checkpoint.ts'
import type { CheckpointError } from './checkpointError.ts'
import { digest } from './digest.ts'
import type { Begun, StepProgram } from './run.ts'
import { readCheckpoint, type Store } from './store.ts'

/** The identity of a run: the step, which holds network, loss, rule and batch size; the key; the number of examples. */
export const identityOf = (step: StepProgram, key: Key, examples: number, augmented: boolean): Identity => ({
  program: digest(print(step)).slice(0, 16),
  key: `${key.high}:${key.low}`,
  examples: String(examples),
  augmented: String(augmented),
})
/** Refuses a checkpoint without the state that the callback keeps: it was written under another callback. */
const withBest =
  (path: string, callback: Callback) =>
  (b: Begun): E.Either<CheckpointError, Begun> => {
    const [, , kept] = replay(callback, b.history)
    if (kept === undefined || kept === b.best?.epoch) return E.right(b)
    const difference = `it keeps the state of ${b.best ? `epoch ${b.best.epoch}` : 'no epoch'}, here of epoch ${kept}`
    return E.left({ _tag: 'CheckpointForeign', path, difference })
  }
/** The run in the store's checkpoint; `fresh` if there is no checkpoint. */
export const resumed = (
  store: Store,
  types: StepProgram['in'][0],
  identity: Identity,
  callback: Callback,
  fresh: () => Begun,
): TE.TaskEither<CheckpointError, Begun> =>
  pipe(
    readCheckpoint<StepProgram['in'][0], FitReport>(store, types, identity),
    TE.chainEitherK(withBest(store.name, callback)),
    TE.orElse((error) => (error._tag === 'CheckpointMissing' ? TE.fromIO(fresh) : TE.left(error))),
  )
