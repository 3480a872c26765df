/** Nested arrays as data: [[1, 2], [3, 4]] holds an array of shape [2, 2]. A row may be a typed array. */
import * as E from 'fp-ts/lib/Either.js'
import type { Diagnostics } from './error.ts'
import { type Shape, showShape, type Type } from './shape.ts'
import { callSite } from './site.ts'
import { isObject, isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from './tree.ts'

/** A shape, and its elements in row-major order. */
interface Unnested {
  readonly shape: Shape
  readonly values: ArrayLike<number>
}
type Misfit =
  | { readonly _tag: 'NotNumbers' }
  /** Rows of one array that differ: `row` is the first that is unlike row 0, [1] or [0][2]. */
  | { readonly _tag: 'RaggedRows'; readonly row: string; readonly expected: Shape; readonly found: Shape }

const isTyped = (x: unknown): x is Float32Array | Float64Array | Int32Array | Uint8Array =>
  x instanceof Float32Array || x instanceof Float64Array || x instanceof Int32Array || x instanceof Uint8Array
const isFlat = (x: unknown): x is readonly number[] => Array.isArray(x) && x.every((v) => typeof v === 'number')
const isMisfit = (x: Unnested | Misfit): x is Misfit => '_tag' in x

/** The shape and the elements of a number, an array, or arrays of arrays; or why they are none. */
export const unnest = (x: unknown, row = ''): Unnested | Misfit => {
  if (typeof x === 'number') return { shape: [], values: [x] }
  if (isTyped(x) || isFlat(x)) return { shape: [x.length], values: x }
  if (!Array.isArray(x)) return { _tag: 'NotNumbers' }
  const rows: Unnested[] = []
  for (const [k, given] of x.entries()) {
    const found = unnest(given, `${row}[${k}]`)
    if (isMisfit(found)) return found
    const expected = rows[0]?.shape ?? found.shape
    if (showShape(found.shape) !== showShape(expected))
      return { _tag: 'RaggedRows', row: `${row}[${k}]`, expected, found: found.shape }
    rows.push(found)
  }
  const width = rows[0]?.values.length ?? 0
  const values = new Float64Array(width * rows.length)
  rows.forEach((r, k) => {
    values.set(r.values, k * width)
  })
  return { shape: [x.length, ...(rows[0]?.shape ?? [])], values }
}
/** Whether a list holds rows, and not numbers. */
export const isNested = (x: unknown): x is readonly unknown[] =>
  Array.isArray(x) && x.some((row) => Array.isArray(row) || isTyped(row))
/** The elements of nested arrays, if they have the shape; else a sentence on what is wrong with the array. */
export const elementsIn = (name: string, shape: Shape, x: readonly unknown[]): Float64Array | string => {
  const found = unnest(x)
  if (!isMisfit(found))
    return showShape(found.shape) === showShape(shape)
      ? Float64Array.from(found.values)
      : `${name} has the shape ${showShape(found.shape)}; expected ${showShape(shape)}`
  return found._tag === 'NotNumbers'
    ? `${name} is no array of numbers`
    : `${name} is ragged: its row ${found.row} has the shape ${showShape(found.found)}, the first one ${showShape(found.expected)}`
}
/**
 * The tree with flat arrays in place of nested ones, by the tree of their types. `op`: what takes the tree.
 *
 * Errors: Malformed, for nested arrays that are ragged or have another shape
 */
export const flatAt = (op: string, types: unknown, tree: unknown): E.Either<Diagnostics, unknown> => {
  const leaves = leavesWithPath(types, isTypeOrExpr) as readonly (readonly [readonly string[], Type])[]
  const nested = leaves.filter(([path]) => isNested(memberAt(tree, path)))
  if (nested.length === 0) return E.right(tree)
  const flat = new Map<unknown, Float64Array>()
  for (const [path, { shape }] of nested) {
    const given = memberAt(tree, path) as readonly unknown[]
    const found = elementsIn(`the input ${nameOf(path)}`, shape, given)
    if (typeof found === 'string')
      return E.left([{ problem: { _tag: 'Malformed', what: found }, op, types: [], site: callSite() }])
    flat.set(given, found)
  }
  const isLeaf = (x: unknown): boolean => !isObject(x) || ArrayBuffer.isView(x) || flat.has(x)
  const found = leavesWithPath(tree, isLeaf).map(([, leaf]) => flat.get(leaf) ?? leaf)
  return E.right(refill(tree, found, isLeaf))
}
