/**
 * Labelled pictures in memory, and the ways to take a part of them.
 *
 * One flat array per field, example after example, is what a back end takes without a copy. A dataset is
 * never written to after it is made, so parts may share memory with the whole.
 */

import { type Key, permutation } from '../random/key.ts'

/** Shape: images [count, rows * columns], values 0 .. 1, row by row; labels [count] */
export interface Dataset {
  readonly images: Float32Array
  readonly labels: Int32Array
  readonly count: number
  readonly rows: number
  readonly columns: number
}

/** The first n examples, or all when there are fewer. */
export const take = (dataset: Dataset, n: number): Dataset => slice(dataset, 0, n)

/** The examples at the indices, in their order, an index out of range left out: a copy. */
export const select = (dataset: Dataset, indices: Int32Array): Dataset => {
  const inside = indices.filter((i) => i >= 0 && i < dataset.count)
  const size = dataset.rows * dataset.columns
  const images = new Float32Array(inside.length * size)
  inside.forEach((from, to) => {
    images.set(dataset.images.subarray(from * size, (from + 1) * size), to * size)
  })
  const labels = inside.map((i) => dataset.labels[i] ?? 0)
  return { ...dataset, images, labels, count: inside.length }
}

/**
 * n examples drawn without replacement for validation, the others for training.
 *
 * Law: each example of the dataset is in exactly one of the two.
 */
export const holdOut = (
  key: Key,
  dataset: Dataset,
  n: number,
): { readonly train: Dataset; readonly validation: Dataset } => {
  const mixed = select(dataset, permutation(dataset.count)(key))
  return { train: slice(mixed, n, dataset.count), validation: slice(mixed, 0, n) }
}

/** Examples from .. to-1, as far as there are any: a view. */
const slice = (dataset: Dataset, from: number, to: number): Dataset => {
  const first = Math.min(Math.max(from, 0), dataset.count)
  const last = Math.min(Math.max(to, first), dataset.count)
  const size = dataset.rows * dataset.columns
  return {
    ...dataset,
    images: dataset.images.subarray(first * size, last * size),
    labels: dataset.labels.subarray(first, last),
    count: last - first,
  }
}
