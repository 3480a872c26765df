/**
 * A pass over examples, batch by batch, as places: `select` takes them from a dataset, `shuffled` of adjoint/train from any
 * examples. Nothing is drawn before the first batch is asked for; walked again, a pass is the same.
 */
import { type Key, permutation } from '../random/key.ts'

const isSize = (n: number): boolean => Number.isInteger(n) && n > 0
/**
 * All places 0 .. count - 1 in random order without replacement, `size` at a time. A last, partial batch is dropped, so
 * that every batch has the one shape that a compiled step takes; which examples that leaves out differs from key to key.
 * A size that is not a whole number above 0 gives no batch.
 *
 * Law:     floor(count / size) batches, and no place is in two of them
 *
 * @example
 * const set = digits(key(0), 100)
 * const sizes = [...batches(key(1), set.count, 32)].map((places) => select(set, places).count)
 * sizes // => [32, 32, 32]
 */
export const batches = (key: Key, count: number, size: number): Iterable<Int32Array> => ({
  *[Symbol.iterator]() {
    if (!isSize(size) || size > count) return
    const order = permutation(key, count)
    for (let end = size; end <= count; end += size) yield order.subarray(end - size, end)
  },
})
/** All places in their order, `size` at a time; the last run is as short as it comes. Sizes as for `batches`. */
export const runs = (count: number, size: number): Iterable<Int32Array> => ({
  *[Symbol.iterator]() {
    for (let from = 0; isSize(size) && from < count; from += size)
      yield Int32Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i)
  },
})
