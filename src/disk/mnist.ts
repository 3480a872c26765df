/**
 * MNIST and datasets of its format (Fashion-MNIST, KMNIST) from a folder: the four published files, gzipped or not.
 *
 *   train-images-idx3-ubyte[.gz]  train-labels-idx1-ubyte[.gz]
 *   t10k-images-idx3-ubyte[.gz]   t10k-labels-idx1-ubyte[.gz]
 *
 * For any content of the files the result is a dataset or a `DataError`. Reading needs at most a few times `limit` of
 * memory.
 */

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzip } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Dataset } from '../data/dataset.ts'
import type { DataError } from '../data/error.ts'
import { type NamedBytes, readMnist } from '../data/mnist.ts'
import { reasonOf } from './whole.ts'

/** The examples for training, or those for testing. */
export type MnistSplit = 'train' | 'test'

/** The largest file, compressed or not, in bytes. MNIST's largest has 47 million; the limit stops a gzip bomb. */
const limit = 128 * 2 ** 20

/**
 * One split of the dataset in a folder, with `readMnist` of adjoint/data.
 *
 * Errors:  FileMissing, Unreadable, CorruptGzip, TooLarge, those of `readMnist`
 */
export const loadMnist = (folder: string, split: MnistSplit): TE.TaskEither<DataError, Dataset> => {
  const stem = split === 'train' ? 'train' : 't10k'
  return pipe(
    TE.Do,
    TE.apS('images', load(folder, `${stem}-images-idx3-ubyte`)),
    TE.apS('labels', load(folder, `${stem}-labels-idx1-ubyte`)),
    TE.chainEitherK(({ images, labels }) => readMnist(images, labels)),
  )
}

/** A file, or its gzipped form, decompressed. */
const load = (folder: string, name: string): TE.TaskEither<DataError, NamedBytes> =>
  pipe(
    readFirst(folder, [name, `${name}.gz`], [name, `${name}.gz`]),
    TE.chain(({ where, data }) => unzip(where, data)),
  )

/** The first of the files that exists. */
const readFirst = (
  folder: string,
  names: readonly string[],
  tried: readonly string[],
): TE.TaskEither<DataError, NamedBytes> => {
  const [name, ...others] = names
  if (name === undefined) return TE.left({ _tag: 'FileMissing', path: folder, tried })
  return pipe(
    read(join(folder, name)),
    TE.chain(
      O.match(
        () => readFirst(folder, others, tried),
        (file) => TE.right(file),
      ),
    ),
  )
}

/** A file, or none if it does not exist. */
const read = (path: string): TE.TaskEither<DataError, O.Option<NamedBytes>> =>
  pipe(
    TE.tryCatch(() => stat(path), reasonOf),
    TE.chainW((found): TE.TaskEither<DataError | string, O.Option<NamedBytes>> => {
      if (!found.isFile()) return TE.left('not a file')
      if (found.size > limit) return TE.left({ _tag: 'TooLarge', where: path, limit })
      return TE.tryCatch(async () => O.some({ where: path, data: await readFile(path) }), reasonOf)
    }),
    TE.orElse((error): TE.TaskEither<DataError, O.Option<NamedBytes>> => {
      if (typeof error !== 'string') return TE.left(error)
      return absent.includes(error) ? TE.right(O.none) : TE.left({ _tag: 'Unreadable', path, reason: error })
    }),
  )

// ENOTDIR: a part of the path is a file, so the file does not exist either.
const absent: readonly string[] = ['ENOENT', 'ENOTDIR']

/** Decompresses a file that is gzipped by its name or its first bytes; other files stay as they are. */
const unzip = (where: string, data: Uint8Array): TE.TaskEither<DataError, NamedBytes> =>
  where.endsWith('.gz') || (data[0] === 0x1f && data[1] === 0x8b)
    ? () =>
        new Promise((resolve) => {
          gunzip(data, { maxOutputLength: limit }, (error, unzipped) => {
            if (error === null) resolve(E.right({ where, data: unzipped }))
            else if (reasonOf(error) === 'ERR_BUFFER_TOO_LARGE') resolve(E.left({ _tag: 'TooLarge', where, limit }))
            else resolve(E.left({ _tag: 'CorruptGzip', where, reason: reasonOf(error) }))
          })
        })
    : TE.right({ where, data })
