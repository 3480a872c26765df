/**
 * Batches for training: an epoch is a lazy list, made from a key.
 *
 * Nothing is drawn or copied before a batch is asked for, and a list may be walked again: it gives the
 * same batches.
 */

import { type Dataset, select } from './dataset.ts'
import { type Key, permutation } from './key.ts'

/** Shape: images [batchSize, rows * columns], labels [batchSize] */
export interface Batch {
  readonly images: Float32Array
  readonly labels: Int32Array
}

/**
 * One pass over the dataset in random order, without replacement.
 *
 * A last, partial batch is dropped, so that every batch has the one shape that a compiled step expects;
 * which examples that leaves out differs from key to key. A batch size that is not a whole number above 0
 * gives no batch.
 *
 * Law: the batches are floor(count / batchSize) many, and no example is in two of them
 */
export const epoch = (key: Key, dataset: Dataset, batchSize: number): Iterable<Batch> => ({
  *[Symbol.iterator]() {
    const whole = Number.isInteger(batchSize) && batchSize > 0
    const batches = whole ? Math.floor(dataset.count / batchSize) : 0
    if (batches === 0) return
    const order = permutation(key, dataset.count)
    for (let b = 0; b < batches; b++) {
      const { images, labels } = select(dataset, order.subarray(b * batchSize, (b + 1) * batchSize))
      yield { images, labels }
    }
  },
})
