/** Examples in memory, and the ways to walk them in batches of one size, which is what a compiled step takes. */
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from '../../lang/syntax/tree.ts'
import { type Augmentation, augmentAll } from '../data/augment.ts'
import { batches } from '../data/batches.ts'
import { type Column, type Examples, isColumn, rowsOf } from '../data/dataset.ts'
import { foldIn, type Key } from '../random/key.ts'

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
    const length = isColumn(data) ? data.length : undefined
    const found = data === undefined ? 'nothing' : length === undefined ? 'no typed array' : `${length} numbers`
    const expected = `a typed array of ${size}: one example after the other, as many as count says`
    if (length !== size) return { _tag: 'WrongExamples', path: nameOf([name, ...path]), found, expected }
  }
  return undefined
}

/** The rows at these places as a batch of these types, [batch, ...]: a copy. If places are fewer, the other rows are 0. */
export const batchAt = (types: unknown, data: unknown, places: Int32Array): unknown => {
  // `wrongIn` has checked that every leaf is a typed array of the right length
  const leaf = (path: readonly string[]): Column => memberAt(data, path) as Column
  const rows = typesIn(types).map(([path, t]) => rowsOf(leaf(path), sizeOf(t.shape.slice(1)), places, t.shape[0]))
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
 * shuffled(randomKey(1), step.in[1], examples)
 */
export const shuffled = <D extends DataBatch>(key: Key, types: D, examples: Examples): Iterable<Arrays<D>> => ({
  *[Symbol.iterator]() {
    for (const places of batches(key, examples.count, batchSizeOf(types.x)))
      yield { x: batchAt(types.x, examples.x, places), y: batchAt(types.y, examples.y, places) } as never
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
          for (const batch of all) yield change(foldIn(i++)(key), batch) as B
        },
      }
/**
 * Augmentation of the pictures of a batch, for fit.
 *
 * @example
 * fit({ ..., augment: augmentPictures(affine({ rotate: 0.2, shift: 2 }), { rows: 28, columns: 28 }) })
 */
export const augmentPictures =
  (step: Augmentation, size: { readonly rows: number; readonly columns: number }): Augment =>
  (key, { x, y }) => ({ x: augmentAll(step, size)(key, x as Float32Array), y })
