/** Where a run begins: from its checkpoint, from a run in memory, or from its key. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Program } from '../../lang/syntax/program.ts'
import { print } from '../../lang/text/print.ts'
import type { Key } from '../random/key.ts'
import { type Callback, type FitReport, replay } from './callback.ts'
import type { Identity, Kept, Position } from './checkpoint.ts'
import type { CheckpointError } from './checkpointError.ts'
import { digest } from './digest.ts'
import { readCheckpoint, type Store } from './store.ts'

export interface Begun<S> {
  readonly state: S
  readonly position: Position
  readonly history: readonly FitReport[]
  readonly best?: Kept<S>
}
export const atStart: Position = { epochs: 0, steps: 0, batches: 0, total: 0 }

/** What makes two runs the same: the step with its network, loss, rule and batch size; the key; how many examples. */
export const identityOf = (
  step: Program<unknown, unknown>,
  key: Key,
  examples: number,
  augmented: boolean,
): Identity => ({
  program: digest(print(step)).slice(0, 16),
  key: `${key.high}:${key.low}`,
  examples: String(examples),
  augmented: String(augmented),
})
/** The state that the callback keeps is there: under another callback another was kept, or none. */
const withBest =
  (path: string, callback: Callback) =>
  <S>(b: Begun<S>): E.Either<CheckpointError, Begun<S>> => {
    const [, , kept] = replay(callback, b.history)
    if (kept === undefined || kept === b.best?.epoch) return E.right(b)
    const difference = `it keeps the state of ${b.best ? `epoch ${b.best.epoch}` : 'no epoch'}, here of epoch ${kept}`
    return E.left({ _tag: 'CheckpointForeign', path, difference })
  }
/** What the store's checkpoint says; `fresh` where there is none. */
export const resumed = <S>(
  store: Store,
  types: unknown,
  identity: Identity,
  callback: Callback,
  fresh: () => Begun<S>,
): TE.TaskEither<CheckpointError, Begun<S>> =>
  pipe(
    readCheckpoint<unknown, FitReport>(store, types, identity),
    TE.chainEitherK((c) => withBest(store.name, callback)(c as unknown as Begun<S>)),
    TE.orElse((error) => (error._tag === 'CheckpointMissing' ? TE.fromIO(fresh) : TE.left(error))),
  )
