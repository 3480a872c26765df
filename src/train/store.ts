/**
 * Where a run is kept, as values: files in `adjoint/disk`, a page's own storage, an array in a test. Training knows names
 * and bytes alone.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Arrays } from '../../lang/syntax/tree.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Identity } from './checkpoint.ts'
import type { CheckpointError } from './checkpointError.ts'
import type { Settings } from './record.ts'

/** `TooLarge`: more than can be a checkpoint. */
export interface StoreFailure {
  readonly _tag: 'Unavailable' | 'TooLarge'
  readonly reason: string
}
/**
 * A place for a checkpoint.
 *
 * Law:     what was written last is read; when a write fails or is cut short, what was there before it still is
 */
export interface Store {
  /** Said in errors: a path, a key. */
  readonly name: string
  /** undefined: nothing there yet. */
  readonly read: TE.TaskEither<StoreFailure, Uint8Array | undefined>
  readonly write: (bytes: Uint8Array) => TE.TaskEither<StoreFailure, void>
}
/** A place for a record, which grows. `write` puts a text in place of all that is there. */
export interface Log {
  readonly name: string
  /** undefined: nothing there yet. */
  readonly read: TE.TaskEither<StoreFailure, string | undefined>
  readonly write: (text: string) => TE.TaskEither<StoreFailure, void>
  readonly append: (text: string) => TE.TaskEither<StoreFailure, void>
  /** Of what it runs on: told in the record's head. */
  readonly versions?: Settings
}

/** Errors: CheckpointUnwritable; then what the store held stands. */
export const writeCheckpoint = <S, R>(
  store: Store,
  types: S,
  c: Checkpoint<Arrays<S>, R>,
): TE.TaskEither<CheckpointError, void> =>
  pipe(
    () => store.write(encodeCheckpoint(types, c))(),
    TE.mapLeft(({ reason }): CheckpointError => ({ _tag: 'CheckpointUnwritable', path: store.name, reason })),
  )
/** Errors: CheckpointMissing, CheckpointUnreadable, and those of `decodeCheckpoint` */
export const readCheckpoint = <S, R>(
  store: Store,
  types: S,
  identity: Identity,
): TE.TaskEither<CheckpointError, Checkpoint<Arrays<S>, R>> =>
  pipe(
    store.read,
    TE.mapLeft(
      ({ _tag, reason }): CheckpointError => ({
        _tag: _tag === 'TooLarge' ? 'CheckpointDamaged' : 'CheckpointUnreadable',
        path: store.name,
        reason,
      }),
    ),
    TE.chain((bytes) =>
      bytes === undefined
        ? TE.left<CheckpointError>({ _tag: 'CheckpointMissing', path: store.name })
        : TE.fromEither(decodeCheckpoint<S, R>(types, identity, bytes, store.name)),
    ),
  )
