/** Examples in batches of one size, which is what a compiled step takes: checked, shuffled, augmented. */
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Augmentation, augmentAll } from '../data/augment.ts'
import { batches } from '../data/batches.ts'
import { type Column, type Examples, isColumn, rowsOf } from '../data/dataset.ts'
import { foldIn, type Key } from '../random/key.ts'

type TypeLeaf = readonly [path: readonly string[], type: Type]
// the leaves of a tree of types are types
const typesIn = (tree: unknown) => leavesWithPath(tree, isTypeOrExpr) as readonly TypeLeaf[]

/**
 * Examples in which a leaf of the types is missing, has another length than the types and the number of examples, or
 * holds a label that is no class.
 */
export interface WrongExamples {
  readonly _tag: 'WrongExamples'
  /** The leaf: examples.x.pixels */
  readonly path: string
  readonly found: string
  readonly expected: string
}
/** The first wrong leaf, for batches of these types; undefined if the examples fit. */
export const wrongIn = (types: object, examples: Examples, name = 'examples'): WrongExamples | undefined => {
  for (const [path, t] of typesIn(types)) {
    const data = memberAt(examples, path)
    const size = examples.count * sizeOf(t.shape.slice(1))
    const length = isColumn(data) ? data.length : undefined
    const found = data === undefined ? 'nothing' : length === undefined ? 'no typed array' : `${length} numbers`
    const expected = `a typed array of ${size}: one example after the other, as many as count says`
    if (length !== size) return { _tag: 'WrongExamples', path: nameOf([name, ...path]), found, expected }
  }
  return undefined
}

/**
 * The rows at the indices as a batch of these types, [batch, ...]: a copy. If there are fewer, the other rows are 0.
 */
export const batchAt = <T>(types: T, data: unknown, indices: Int32Array): Arrays<T> => {
  // `wrongIn` has checked that every leaf is a typed array of the right length
  const leaf = (path: readonly string[]): Column => memberAt(data, path) as Column
  const rows = typesIn(types).map(([path, t]) => rowsOf(leaf(path), sizeOf(t.shape.slice(1)), indices, t.shape[0]))
  return typed(refill(types, rows))
}
/** The number of examples in a batch of these types. */
export const batchSizeOf = (types: unknown): number => typesIn(types)[0]?.[1].shape[0] ?? 0

/** A batch, or its types: what training steps take. */
export interface DataBatch {
  readonly x: unknown
  readonly y: unknown
}
/**
 * One pass over the examples in random order, in batches of these types, as `batches` of adjoint/data draws it.
 *
 * @example
 * const examples = { x: Float32Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1, 0, 1), count: 4 }
 * const batches = [...shuffled(randomKey(1), { x: real(2), y: int(2) }, examples)]
 * batches.length // => 2
 */
export const shuffled = <D extends DataBatch>(key: Key, types: D, examples: Examples): Iterable<Arrays<D>> => ({
  *[Symbol.iterator]() {
    for (const indices of batches(key, examples.count, batchSizeOf(types.x))) yield batchAt(types, examples, indices)
  },
})
/** All but the first n. */
export const skipping = <A>(n: number, all: Iterable<A>): Iterable<A> => ({
  *[Symbol.iterator]() {
    let seen = 0
    for (const a of all) if (seen++ >= n) yield a
  },
})

/** A batch changed at random, from a key of its own. It keeps its types. */
export type Augment = (key: Key, batch: DataBatch) => DataBatch
/** The batches, each changed by a child of the key. */
export const augmented = <B extends DataBatch>(change: Augment | undefined, key: Key, all: Iterable<B>): Iterable<B> =>
  change === undefined
    ? all
    : {
        *[Symbol.iterator]() {
          let i = 0
          for (const batch of all) yield typed<B>(change(foldIn(i++)(key), batch))
        },
      }
/**
 * Augments the pictures of a batch: a value for the option `augment` of `fit`. A picture has `rows` x `columns` pixels.
 *
 * @example
 * const augment = augmentPictures(affine({ rotate: 0.2, shift: 2 }), { rows: 28, columns: 28 })   // an option of fit
 */
export const augmentPictures =
  (step: Augmentation, size: { readonly rows: number; readonly columns: number }): Augment =>
  (
    key,
    { x, y }, // the inputs of a network for pictures are their pixels
  ) => ({ x: augmentAll(step, size)(key, x as Float32Array), y })
