/**
 * MNIST and datasets of its format (Fashion-MNIST, KMNIST) from the bytes of their IDX files: pictures of one byte per
 * pixel, [count, rows, columns], and as many labels. `loadMnist` of adjoint/disk reads them from a folder.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dataset } from './dataset.ts'
import type { DataError } from './error.ts'
import { readIdx } from './idx.ts'

/** Bytes, and their name in errors: a path, an address. */
export interface NamedBytes {
  readonly where: string
  readonly data: Uint8Array
}
interface Array8 extends NamedBytes {
  readonly shape: readonly number[]
}
const bytesOfRank = (rank: number, { where, data }: NamedBytes): E.Either<DataError, Array8> =>
  pipe(
    readIdx(data, where),
    E.chain((idx) =>
      idx.type === 'u8' && idx.shape.length === rank
        ? E.right({ where, shape: idx.shape, data: idx.data })
        : E.left({
            _tag: 'WrongKind',
            where,
            wanted: `u8 of rank ${rank}`,
            found: `${idx.type} of rank ${idx.shape.length}`,
          }),
    ),
  )
const dataset = (images: Array8, labels: Array8): E.Either<DataError, Dataset> => {
  const [count = 0, rows = 0, columns = 0] = images.shape
  if (count !== labels.data.length)
    return E.left({ _tag: 'CountMismatch', where: labels.where, images: count, labels: labels.data.length })
  const index = labels.data.findIndex((label) => label > 9)
  if (index >= 0) return E.left({ _tag: 'LabelOutOfRange', where: labels.where, index, label: labels.data[index] ?? 0 })
  const x = new Float32Array(images.data.length)
  for (let i = 0; i < x.length; i++) x[i] = (images.data[i] ?? 0) / 255
  return E.right({ x, y: Int32Array.from(labels.data), count, rows, columns })
}
/**
 * The dataset of pictures and labels, from decompressed bytes. Pixels 0 .. 255 become 0 .. 1; labels must be 0 .. 9.
 *
 * Errors:  those of `readIdx`; WrongKind, CountMismatch, LabelOutOfRange
 *
 * @example
 * const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255)   // one picture of 1 x 2 pixels
 * const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)
 * const read = readMnist({ where: 'images', data: images }, { where: 'labels', data: labels })
 * E.isRight(read) && read.right.x // => [0, 1]
 */
export const readMnist = (images: NamedBytes, labels: NamedBytes): E.Either<DataError, Dataset> =>
  pipe(
    E.Do,
    E.apS('pictures', bytesOfRank(3, images)),
    E.apS('answers', bytesOfRank(1, labels)),
    E.chain(({ pictures, answers }) => dataset(pictures, answers)),
  )
