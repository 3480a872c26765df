/**
 * Examples in memory, in one form from the file to the training step, and functions that select a part of them.
 *
 * Each leaf is one flat array, example after example: a back end takes it without a copy. Examples are never written to
 * once they are built, so a part may share memory with the whole.
 */

import type { Type } from '../../lang/syntax/shape.ts'
import { leavesWithPath, type NumericArray, refill } from '../../lang/syntax/tree.ts'
import { type Key, permutation } from '../random/key.ts'

/** One flat typed array for every leaf of x and of y, example after example. */
export interface Examples<X = unknown, Y = unknown> {
  /** The inputs: a typed array, or a record or tuple of them. */
  readonly x: X
  /** The targets, in the same form. */
  readonly y: Y
  /** The number of examples. */
  readonly count: number
}
/** Labelled pictures. Shape: x [count, rows * columns], values 0 .. 1, row by row; y [count], the labels */
export interface Dataset extends Examples<Float32Array, Int32Array> {
  /** Pixels from top to bottom of a picture. */
  readonly rows: number
  /** Pixels from left to right. */
  readonly columns: number
}

/** The elements of a leaf of examples. */
export type Column = Exclude<NumericArray, readonly number[]>
export const isColumn = (x: unknown): x is Column => ArrayBuffer.isView(x) && !(x instanceof DataView)
/** Examples' leaves: a typed array for every leaf of a tree of types. */
export type Columns<T> = 0 extends 1 & T
  ? unknown
  : T extends Type
    ? Column
    : T extends null
      ? null
      : T extends object
        ? { readonly [K in keyof T]: Columns<T[K]> }
        : unknown
// every typed array is built by its constructor from a length
export const emptyLike = (x: Column, n: number): Column => new (x.constructor as new (n: number) => Column)(n)

/**
 * The rows at the indices, `width` numbers each, as an array of `count` rows: a copy. Rows beyond the indices are 0.
 */
export const rowsOf = (from: Column, width: number, indices: Int32Array, count = indices.length): Column => {
  const to = emptyLike(from, count * width)
  indices.forEach((index, row) => {
    to.set(from.subarray(index * width, (index + 1) * width), row * width)
  })
  return to
}

/** The same examples with every leaf of x and y changed, and as many as `count`. */
const mapped = <E extends Examples>(examples: E, count: number, change: (leaf: Column, width: number) => Column): E => {
  const part = (tree: unknown): unknown => {
    const leaves = leavesWithPath(tree, isColumn)
      .map(([, leaf]) => leaf)
      .filter(isColumn)
    const changed = leaves.map((leaf) => change(leaf, examples.count === 0 ? 0 : leaf.length / examples.count))
    return refill(tree, changed, isColumn)
  }
  return { ...examples, x: part(examples.x), y: part(examples.y), count }
}

/** The first n examples, or all if there are fewer: a view. */
export const take = <E extends Examples>(examples: E, n: number): E => slice(examples, 0, n)

/** The examples at the indices, in this order: a copy. Indices out of range are left out. */
export const select = <E extends Examples>(examples: E, indices: Int32Array): E => {
  const inside = indices.filter((i) => i >= 0 && i < examples.count)
  return mapped(examples, inside.length, (leaf, width) => rowsOf(leaf, width, inside))
}

/**
 * n examples drawn without replacement for validation, the others for training.
 *
 * Law: each example is in exactly one of the two.
 */
export const holdOut = <E extends Examples>(
  key: Key,
  examples: E,
  n: number,
): { readonly train: E; readonly validation: E } => {
  const mixed = select(examples, permutation(examples.count)(key))
  return { train: slice(mixed, n, examples.count), validation: slice(mixed, 0, n) }
}

/** Examples from .. to - 1, as far as there are any: a view. */
const slice = <E extends Examples>(examples: E, from: number, to: number): E => {
  const first = Math.min(Math.max(from, 0), examples.count)
  const last = Math.min(Math.max(to, first), examples.count)
  return mapped(examples, last - first, (leaf, width) => leaf.subarray(first * width, last * width))
}
