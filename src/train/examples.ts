/** Examples in memory, and the ways to walk them in batches of one size, which is what a compiled step takes. */
import { sizeOf } from '../../lang/shape.ts'
import { type Data, refill, typeLeaves } from '../../lang/tree.ts'
import { type Key, permutation } from '../data/key.ts'

/** One flat array for every leaf of x and of y, example after example. */
export interface Examples<X = unknown, Y = unknown> {
  readonly x: X
  readonly y: Y
  readonly count: number
}
type Typed = Exclude<Data, readonly number[]>
const arraysOf = (tree: unknown): readonly Typed[] =>
  ArrayBuffer.isView(tree)
    ? [tree as Typed]
    : typeof tree === 'object' && tree !== null
      ? Object.values(tree).flatMap(arraysOf)
      : []
const emptyLike = (x: Typed, n: number): Typed => new (x.constructor as new (n: number) => Typed)(n)

/** The rows at these places of every leaf, as a batch: a copy. What is missing from the batch is 0. */
export const rowsAt = (types: unknown, data: unknown, batch: number, places: Int32Array): unknown => {
  const arrays = arraysOf(data)
  const rows = typeLeaves(types).map((t, i) => {
    const size = sizeOf(t.shape)
    const from = arrays[i] as Typed
    const to = emptyLike(from, batch * size)
    places.forEach((place, row) => {
      to.set(from.subarray(place * size, (place + 1) * size), row * size)
    })
    return to
  })
  return refill(types, rows)
}

export interface BatchTypes {
  readonly x: unknown
  readonly y: unknown
  readonly batch: number
}
export interface DataBatch {
  readonly x: unknown
  readonly y: unknown
}
/**
 * One pass in random order without replacement, lazily; a last, partial batch is dropped.
 *
 * Law:     floor(count / batch) batches, and no example is in two of them; walked again, the same
 */
export const shuffled = (key: Key, types: BatchTypes, examples: Examples): Iterable<DataBatch> => ({
  *[Symbol.iterator]() {
    const batches = Math.floor(examples.count / types.batch)
    const order = permutation(key, examples.count)
    for (let b = 0; b < batches; b++) {
      const places = order.subarray(b * types.batch, (b + 1) * types.batch)
      yield {
        x: rowsAt(types.x, examples.x, types.batch, places),
        y: rowsAt(types.y, examples.y, types.batch, places),
      }
    }
  },
})
