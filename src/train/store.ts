/**
 * Storage for a run, as values: files in `adjoint/disk`, the storage of a page, an array in a test. Training sees names
 * and bytes only.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Arrays } from '../../lang/syntax/tree.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Identity } from './checkpoint.ts'
import type { CheckpointError } from './checkpointError.ts'
import type { Settings } from './record.ts'

/** Why storage cannot be read or written. `TooLarge`: larger than any checkpoint. */
export interface StoreFailure {
  readonly _tag: 'Unavailable' | 'TooLarge'
  readonly reason: string
}
/**
 * Storage for one checkpoint.
 *
 * Law:     a read returns the last bytes written; a write that fails or is interrupted leaves the bytes before it
 */
export interface Store {
  /** For errors: a path, a key. */
  readonly name: string
  /** undefined: nothing was written yet. */
  readonly read: TE.TaskEither<StoreFailure, Uint8Array | undefined>
  readonly write: (bytes: Uint8Array) => TE.TaskEither<StoreFailure, void>
}
/** Storage for a record. */
export interface Log {
  /** For errors: a path, a key. */
  readonly name: string
  /** undefined: nothing was written yet. */
  readonly read: TE.TaskEither<StoreFailure, string | undefined>
  /** Replaces the text. */
  readonly write: (text: string) => TE.TaskEither<StoreFailure, void>
  /** Adds to the text. */
  readonly append: (text: string) => TE.TaskEither<StoreFailure, void>
  /** Versions of the platform, for the record's head; none by default. */
  readonly versions?: Settings
}

/**
 * Writes a checkpoint. `types`: the types of the state.
 *
 * Errors:  CheckpointUnwritable; the store then holds what it held before
 */
export const writeCheckpoint = <S, R>(
  store: Store,
  types: S,
  c: Checkpoint<Arrays<S>, R>,
): TE.TaskEither<CheckpointError, void> =>
  pipe(
    () => store.write(encodeCheckpoint(types, c))(),
    TE.mapLeft(({ reason }): CheckpointError => ({ _tag: 'CheckpointUnwritable', path: store.name, reason })),
  )
/**
 * Reads the checkpoint of a run of this identity and these types.
 *
 * Errors:  CheckpointMissing, CheckpointUnreadable, those of `decodeCheckpoint`
 */
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
