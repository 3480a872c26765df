/** Examples in memory, and the ways to walk them in batches of one size, which is what a compiled step takes. */
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import {
  type Arrays,
  isTypeOrExpr,
  leavesWithPath,
  memberAt,
  type NumericArray,
  nameOf,
  refill,
} from '../../lang/syntax/tree.ts'
import { type Augmentation, augmentAll } from '../data/augment.ts'
import { batches } from '../data/batches.ts'
import type { Dataset } from '../data/dataset.ts'
import { child, type Key } from '../random/key.ts'

/** One flat array for every leaf of x and of y, example after example. */
export interface Examples<X = unknown, Y = unknown> {
  readonly x: X
  readonly y: Y
  readonly count: number
}
/** Labelled pictures as examples: x the pixels, y the labels. */
export const examplesOf = ({ images, labels, count }: Dataset): Examples<Float32Array, Int32Array> => ({
  x: images,
  y: labels,
  count,
})
type Typed = Exclude<NumericArray, readonly number[]>
const typesIn = (tree: unknown) => leavesWithPath(tree, isTypeOrExpr) as readonly (readonly [readonly string[], Type])[]

/** A leaf of examples that is not what its type and their number say, or examples that are not there. */
export interface WrongExamples {
  readonly _tag: 'WrongExamples'
  /** examples.x.pixels */
  readonly path: string
  readonly found: string
  readonly expected: string
}
/** The first such leaf, for batches of these types; nothing where the examples fit. */
export const wrongIn = (types: object, examples: Examples, name = 'examples'): WrongExamples | undefined => {
  for (const [path, t] of typesIn(types)) {
    const data = memberAt(examples, path)
    const size = examples.count * sizeOf(t.shape.slice(1))
    const length = ArrayBuffer.isView(data) && !(data instanceof DataView) ? (data as Typed).length : undefined
    const found = data === undefined ? 'nothing' : length === undefined ? 'no typed array' : `${length} numbers`
    const expected = `a typed array of ${size}: one example after the other, as many as count says`
    if (length !== size) return { _tag: 'WrongExamples', path: nameOf([name, ...path]), found, expected }
  }
  return undefined
}
const emptyLike = (x: Typed, n: number): Typed => new (x.constructor as new (n: number) => Typed)(n)

/** The rows at these places, as a batch of these types, [batch, ...]: a copy. What is missing from the batch is 0. */
export const rowsAt = (types: unknown, data: unknown, places: Int32Array): unknown => {
  const rows = typesIn(types).map(([path, t]) => {
    const size = sizeOf(t.shape.slice(1))
    const from = memberAt(data, path) as Typed
    const to = emptyLike(from, sizeOf(t.shape))
    places.forEach((place, row) => {
      to.set(from.subarray(place * size, (place + 1) * size), row * size)
    })
    return to
  })
  return refill(types, rows)
}
/** How many examples there are in a batch of these types. */
export const batchSizeOf = (types: unknown): number => typesIn(types)[0]?.[1].shape[0] ?? 0

/** The types of a batch: what the programs of step.ts take. */
export interface DataBatch {
  readonly x: unknown
  readonly y: unknown
}
/**
 * One pass, as `batches` of adjoint/data has it, in batches of these types.
 *
 * @example
 * const examples = { x: Float32Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1, 0, 1), count: 4 }
 * const batches = [...shuffled(key(1), { x: real(2), y: int(2) }, examples)]
 * batches.length // => 2
 */
export const shuffled = <D extends DataBatch>(key: Key, types: D, examples: Examples): Iterable<Arrays<D>> => ({
  *[Symbol.iterator]() {
    for (const places of batches(key, examples.count, batchSizeOf(types.x)))
      yield { x: rowsAt(types.x, examples.x, places), y: rowsAt(types.y, examples.y, places) } as never
  },
})
/** All but the first n. */
export const skipping = <A>(n: number, all: Iterable<A>): Iterable<A> => ({
  *[Symbol.iterator]() {
    let seen = 0
    for (const a of all) if (seen++ >= n) yield a
  },
})

/** Another form of a batch, from a key of its own. */
export type Augment = (key: Key, batch: DataBatch) => DataBatch
/** The batches, each changed by a child of the key. */
export const augmented = <B extends DataBatch>(change: Augment | undefined, key: Key, all: Iterable<B>): Iterable<B> =>
  change === undefined
    ? all
    : {
        *[Symbol.iterator]() {
          let i = 0
          for (const batch of all) yield change(child(key, i++), batch) as B
        },
      }
/**
 * Augmentation of the pictures of a batch, for fit.
 *
 * @example
 * const augment = augmentPictures(affine({ rotate: 0.2, shift: 2 }), { rows: 28, columns: 28 })   // an option of fit
 */
export const augmentPictures =
  (step: Augmentation, size: { readonly rows: number; readonly columns: number }): Augment =>
  (key, { x, y }) => ({ x: augmentAll(step, size)(key, x as Float32Array), y })
