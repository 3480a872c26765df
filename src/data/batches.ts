/**
 * A pass over examples as batches of indices: `select` takes the examples, `shuffled` of adjoint/train their batches. A
 * pass is lazy, and yields the same batches every time.
 */
import { type Key, permutation } from '../random/key.ts'

const isSize = (n: number): boolean => Number.isInteger(n) && n > 0
/**
 * The indices 0 .. count - 1 in random order without replacement, `size` at a time. A last, partial batch is dropped,
 * because a compiled step takes batches of one shape; which examples that leaves out depends on the key. A size that is
 * not a positive integer yields no batch.
 *
 * Law:     floor(count / size) batches, and no index is in two of them
 *
 * @example
 * const training = digits(randomKey(0), 100)
 * const sizes = [...batches(randomKey(1), training.count, 32)].map((indices) => select(training, indices).count)
 * sizes // => [32, 32, 32]
 */
export const batches = (key: Key, count: number, size: number): Iterable<Int32Array> => ({
  *[Symbol.iterator]() {
    if (!isSize(size) || size > count) return
    const order = permutation(count)(key)
    for (let end = size; end <= count; end += size) yield order.subarray(end - size, end)
  },
})
/** The indices 0 .. count - 1 in order, `size` at a time; the last run may be shorter. Sizes as for `batches`. */
export const runs = (count: number, size: number): Iterable<Int32Array> => ({
  *[Symbol.iterator]() {
    for (let from = 0; isSize(size) && from < count; from += size)
      yield Int32Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i)
  },
})
