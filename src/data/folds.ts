/** Cross-validation: every example is held out in one fold, and learned from in all others. */
import { type Key, permutation } from '../random/key.ts'

/** The indices of the examples to learn from, and of those to measure on. */
export interface Fold {
  readonly train: Int32Array
  readonly heldOut: Int32Array
}
/**
 * k folds of the indices 0 .. count - 1 in random order; none if k is not an integer from 2 to count.
 *
 * Law:     the held-out parts are a partition, and their sizes differ by one at most
 * Law:     train and heldOut of a fold are a partition
 */
export const folds = (key: Key, count: number, k: number): readonly Fold[] => {
  if (!Number.isInteger(k) || k < 2 || k > count) return []
  const order = permutation(count)(key)
  return Array.from({ length: k }, (_, i) => {
    const [from, to] = [Math.floor((i * count) / k), Math.floor(((i + 1) * count) / k)]
    const inside = (p: number): boolean => p >= from && p < to
    return { train: order.filter((_, p) => !inside(p)), heldOut: order.subarray(from, to).slice() }
  })
}
