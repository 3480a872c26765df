/** What can be wrong with a checkpoint, as data; `showCheckpointError` renders it for people. */
import { fault } from '../../lang/syntax/error.ts'

/** The version of the layout that checkpoint.ts writes and reads. */
export const version = '1'

/** What is wrong with a checkpoint, or with its store. */
export type CheckpointError =
  | { readonly _tag: 'CheckpointMissing'; readonly path: string }
  | { readonly _tag: 'CheckpointUnreadable'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'CheckpointUnwritable'; readonly path: string; readonly reason: string }
  /** Truncated, changed, or not a checkpoint. */
  | { readonly _tag: 'CheckpointDamaged'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'CheckpointVersion'; readonly path: string; readonly version: string }
  /** Undamaged, but of another run. */
  | { readonly _tag: 'CheckpointForeign'; readonly path: string; readonly difference: string }

/** Three lines: what is wrong, where, what to try. */
export const showCheckpointError = (e: CheckpointError): string => {
  switch (e._tag) {
    case 'CheckpointMissing':
      return fault('there is no checkpoint', e.path, 'the folder of the run to resume, or start without resuming')
    case 'CheckpointUnreadable':
      return fault(`the checkpoint cannot be read (${e.reason})`, e.path, 'check that it is a file that you may read')
    case 'CheckpointUnwritable':
      return fault(
        `the checkpoint cannot be written (${e.reason}); the earlier one is unchanged`,
        e.path,
        'make room, or name another folder, and resume',
      )
    case 'CheckpointDamaged':
      return fault(`no sound checkpoint: ${e.reason}`, e.path, 'a copy of it, or start without resuming')
    case 'CheckpointVersion':
      return fault(
        `a checkpoint of version ${e.version}; this is version ${version}`,
        e.path,
        'the version that wrote it',
      )
    case 'CheckpointForeign':
      return fault(
        `the checkpoint of another run: ${e.difference}`,
        e.path,
        'the settings of that run, or another folder for this one',
      )
  }
}
