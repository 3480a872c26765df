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
import { type Idx, readIdx } from '../data/idx.ts'
import { reasonOf } from './whole.ts'

export type Part = 'train' | 'test'

/** Bytes of one file, compressed or not. MNIST's largest has 47 million; a gzip bomb ends here. */
const limit = 128 * 2 ** 20

/**
 * One part of the dataset in a folder. Pixels 0 .. 255 become 0 .. 1; labels must be 0 .. 9.
 *
 * Errors:  FileMissing, Unreadable, CorruptGzip, TooLarge, those of `readIdx`, WrongKind, CountMismatch,
 *          LabelOutOfRange
 */
export const loadMnist = (folder: string, part: Part): TE.TaskEither<DataError, Dataset> => {
  const stem = part === 'train' ? 'train' : 't10k'
  return pipe(
    TE.Do,
    TE.apS('images', load(folder, `${stem}-images-idx3-ubyte`, 3)),
    TE.apS('labels', load(folder, `${stem}-labels-idx1-ubyte`, 1)),
    TE.chainEitherK(({ images, labels }) => dataset(images, labels)),
  )
}

/** An array of bytes, and the path it came from. */
interface Bytes {
  readonly where: string
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

const load = (folder: string, name: string, rank: number): TE.TaskEither<DataError, Bytes> =>
  pipe(
    readFirst(folder, [name, `${name}.gz`], [name, `${name}.gz`]),
    TE.chain(({ where, data }) => unzip(where, data)),
    TE.chainEitherK(({ where, data }) =>
      pipe(
        readIdx(data, where),
        E.chain((idx) => ofRank(where, rank, idx)),
      ),
    ),
  )

const ofRank = (where: string, rank: number, idx: Idx): E.Either<DataError, Bytes> =>
  idx.type === 'u8' && idx.shape.length === rank
    ? E.right({ where, shape: idx.shape, data: idx.data })
    : E.left({
        _tag: 'WrongKind',
        where,
        wanted: `u8 of rank ${rank}`,
        found: `${idx.type} of rank ${idx.shape.length}`,
      })

const dataset = (images: Bytes, labels: Bytes): E.Either<DataError, Dataset> => {
  const [count = 0, rows = 0, columns = 0] = images.shape
  if (count !== labels.data.length)
    return E.left({ _tag: 'CountMismatch', where: labels.where, images: count, labels: labels.data.length })
  const index = labels.data.findIndex((label) => label > 9)
  if (index >= 0) return E.left({ _tag: 'LabelOutOfRange', where: labels.where, index, label: labels.data[index] ?? 0 })
  const pixels = new Float32Array(images.data.length)
  for (let i = 0; i < pixels.length; i++) pixels[i] = (images.data[i] ?? 0) / 255
  return E.right({ images: pixels, labels: Int32Array.from(labels.data), count, rows, columns })
}

interface File {
  readonly where: string
  readonly data: Uint8Array
}

/** The first of the names that is there. */
const readFirst = (
  folder: string,
  names: readonly string[],
  tried: readonly string[],
): TE.TaskEither<DataError, File> => {
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
const read = (path: string): TE.TaskEither<DataError, O.Option<File>> =>
  pipe(
    TE.tryCatch(() => stat(path), reasonOf),
    TE.chainW((found): TE.TaskEither<DataError | string, O.Option<File>> => {
      if (!found.isFile()) return TE.left('not a file')
      if (found.size > limit) return TE.left({ _tag: 'TooLarge', where: path, limit })
      return TE.tryCatch(async () => O.some({ where: path, data: await readFile(path) }), reasonOf)
    }),
    TE.orElse((error): TE.TaskEither<DataError, O.Option<File>> => {
      if (typeof error !== 'string') return TE.left(error)
      return absent.includes(error) ? TE.right(O.none) : TE.left({ _tag: 'Unreadable', path, reason: error })
    }),
  )

// A part of the path that is a file, not a folder, is an absence too.
const absent: readonly string[] = ['ENOENT', 'ENOTDIR']

/** gunzip, for a file that says it is gzipped, by its name or by its first bytes; others as they are. */
const unzip = (where: string, data: Uint8Array): TE.TaskEither<DataError, File> =>
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
