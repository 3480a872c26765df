/** A training run's checkpoint and record as files. */
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Log, Store, StoreFailure } from '../train/store.ts'
import { reasonOf, writeWhole } from './whole.ts'

const unavailable = (error: unknown): StoreFailure => ({ _tag: 'Unavailable', reason: reasonOf(error) })
/** What is at the path, by `read`; undefined where there is nothing. */
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
/** More than any checkpoint of this library could be read back from. */
const limit = 2 ** 31

/**
 * A checkpoint in a file, which is whole at any instant: `writeWhole`.
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
/** A record in a file, whose folder is made where there is none. */
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
