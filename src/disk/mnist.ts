/**
 * MNIST and its look-alikes (Fashion-MNIST, KMNIST) from a folder: the four published files, as they are
 * or gzipped.
 *
 *   train-images-idx3-ubyte[.gz]  train-labels-idx1-ubyte[.gz]
 *   t10k-images-idx3-ubyte[.gz]   t10k-labels-idx1-ubyte[.gz]
 *
 * Whatever the disk holds, the answer is a dataset or a `DataError`; memory stays within a few times `limit`.
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

export type MnistSplit = 'train' | 'test'

/** Bytes of one file, compressed or not. MNIST's largest has 47 million; a gzip bomb ends here. */
const limit = 128 * 2 ** 20

/**
 * One part of the dataset in a folder, as `readMnist` of adjoint/data has it.
 *
 * Errors:  FileMissing, Unreadable, CorruptGzip, TooLarge, those of `readMnist`
 */
export const loadMnist = (folder: string, part: MnistSplit): TE.TaskEither<DataError, Dataset> => {
  const stem = part === 'train' ? 'train' : 't10k'
  return pipe(
    TE.Do,
    TE.apS('images', load(folder, `${stem}-images-idx3-ubyte`)),
    TE.apS('labels', load(folder, `${stem}-labels-idx1-ubyte`)),
    TE.chainEitherK(({ images, labels }) => readMnist(images, labels)),
  )
}

/** A file by its name or that of its gzipped form, decompressed. */
const load = (folder: string, name: string): TE.TaskEither<DataError, NamedBytes> =>
  pipe(
    readFirst(folder, [name, `${name}.gz`], [name, `${name}.gz`]),
    TE.chain(({ where, data }) => unzip(where, data)),
  )

/** The first of the names that is there. */
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

/** A file, or none when there is none of this name. */
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

// A part of the path that is a file, not a folder, is an absence too.
const absent: readonly string[] = ['ENOENT', 'ENOTDIR']

/** gunzip, for a file that says it is gzipped, by its name or by its first bytes; others as they are. */
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
