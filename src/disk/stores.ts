/** The checkpoint and the record of a training run as files. */
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Log, Store, StoreFailure } from '../train/store.ts'
import { reasonOf, writeWhole } from './whole.ts'

const unavailable = (error: unknown): StoreFailure => ({ _tag: 'Unavailable', reason: reasonOf(error) })
/** The result of `read`; undefined if the file does not exist. */
const present = <A>(read: () => Promise<A>): TE.TaskEither<StoreFailure, A | undefined> =>
  pipe(
    TE.tryCatch(read, unavailable),
    TE.orElseW((failure) => (failure.reason === 'ENOENT' ? TE.right(undefined) : TE.left(failure))),
  )
const whole =
  (path: string) =>
  (content: Uint8Array | string): TE.TaskEither<StoreFailure, void> =>
    TE.mapLeft(({ reason }: { readonly reason: string }): StoreFailure => ({ _tag: 'Unavailable', reason }))(
      writeWhole(path, content),
    )
/** Bytes; no checkpoint of this library is larger. */
const limit = 2 ** 31

/**
 * Storage for a checkpoint in a file, which is complete at any instant: it is written by `writeWhole`.
 *
 * @example
 * const checkpoint = { store: fileStore('run/digits.safetensors'), every: 100, resume: true }   // an option of fit
 */
export const fileStore = (path: string): Store => ({
  name: path,
  read: pipe(
    present(async () => {
      const { size } = await stat(path)
      return size > limit ? size : await readFile(path)
    }),
    TE.chain((found) =>
      typeof found === 'number'
        ? TE.left<StoreFailure>({ _tag: 'TooLarge', reason: `${found} bytes` })
        : TE.right<StoreFailure, Uint8Array | undefined>(found),
    ),
  ),
  write: whole(path),
})
/** Storage for a record in a file. The folder is created if needed. */
export const fileLog = (path: string): Log => ({
  name: path,
  versions: { node: process.version },
  read: present(() => readFile(path, 'utf8')),
  write: whole(path),
  append: (text) =>
    TE.tryCatch(async () => {
      await mkdir(dirname(path), { recursive: true })
      await appendFile(path, text)
    }, unavailable),
})
