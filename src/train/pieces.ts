/** Examples cut into batches of a few sizes, and the results of the batches put together. */
import * as E from 'fp-ts/lib/Either.js'
import { isNested, unnest } from '../../lang/syntax/nested.ts'
import { showShape, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from '../../lang/syntax/tree.ts'
import { type Column, emptyLike, isColumn, rowsOf } from '../data/dataset.ts'
import type { WrongExamples } from './examples.ts'

type Leaf = readonly [path: readonly string[], type: Type]
const leavesOf = (types: unknown) => leavesWithPath(types, isTypeOrExpr) as readonly Leaf[]

/** The elements of a leaf; undefined where there are none. */
const columnOf = (x: unknown): Column | undefined => {
  if (isColumn(x)) return x
  if (typeof x === 'number') return Float64Array.of(x)
  if (isNested(x)) {
    const found = unnest(x)
    return '_tag' in found ? undefined : Float64Array.from(found.values)
  }
  return Array.isArray(x) && x.every((v) => typeof v === 'number') ? Float64Array.from(x) : undefined
}
/**
 * The number of examples in a tree of arrays; `types` are those of one example.
 *
 * Errors: WrongExamples, for the first array that is missing, holds part of an example, or another number than the first
 */
export const countOf = (types: unknown, x: unknown): E.Either<WrongExamples, number> => {
  let count: number | undefined
  for (const [path, { shape }] of leavesOf(types)) {
    const wrong = (found: string, expected: string) =>
      E.left<WrongExamples>({ _tag: 'WrongExamples', path: nameOf(path), found, expected })
    const width = sizeOf(shape)
    const given = memberAt(x, path)
    const length = columnOf(given)?.length
    const each = `${width} for every example, one example after the other`
    if (length === undefined) return wrong('no array of numbers', `an array of numbers: ${each}`)
    const rows = isNested(given) ? unnest(given) : undefined
    if (rows !== undefined && !('_tag' in rows) && showShape(rows.shape.slice(1)) !== showShape(shape))
      return wrong(`examples of shape ${showShape(rows.shape.slice(1))}`, `examples of shape ${showShape(shape)}`)
    if (width === 0) continue
    if (length % width !== 0) return wrong(`${length} numbers`, `a multiple of ${width}: ${each}`)
    count ??= length / width
    if (length !== count * width) return wrong(`${length} numbers`, `${count * width} numbers, for ${count} examples`)
  }
  return count === undefined
    ? E.left({
        _tag: 'WrongExamples',
        path: 'x',
        found: 'no array',
        expected: 'an input that says how many examples there are',
      })
    : E.right(count)
}

/** The examples from, ..., from + count - 1, computed by the program for `size` examples. */
interface Piece {
  readonly from: number
  readonly count: number
  readonly size: number
}
/** Law: the pieces hold every example once, in order. `sizes` increase, and there is one. */
export const piecesOf = (count: number, sizes: readonly number[]): readonly Piece[] => {
  const largest = sizes.at(-1) ?? count
  const whole = Math.floor(count / largest)
  const rest = count - whole * largest
  const pieces = Array.from({ length: whole }, (_, k): Piece => ({ from: k * largest, count: largest, size: largest }))
  const last = sizes.find((n) => n >= rest) ?? largest
  return rest === 0 ? pieces : [...pieces, { from: whole * largest, count: rest, size: last }]
}
/**
 * The arrays of a piece: copies, so that the caller may write to its own. A piece with fewer examples than its size
 * repeats the last one.
 */
export const pieceOf = (types: unknown, x: unknown, { from, count, size }: Piece): unknown => {
  const indices = Int32Array.from({ length: size }, (_, i) => from + Math.min(i, count - 1))
  const rows = leavesOf(types).map(([path, { shape }]) =>
    rowsOf(columnOf(memberAt(x, path)) ?? new Float64Array(0), sizeOf(shape), indices),
  )
  return refill(types, rows)
}
/** The results of all pieces, without those of repeated examples; `types` are those of one example. */
export const joined = (types: unknown, pieces: readonly Piece[], results: readonly unknown[]): unknown => {
  const total = pieces.reduce((n, p) => n + p.count, 0)
  const leaves = leavesOf(types).map(([path, { dtype, shape }]) => {
    const width = sizeOf(shape)
    const parts = results.map((r) => memberAt(r, path)).filter(isColumn)
    const [first = dtype === 'real' ? new Float32Array(0) : dtype === 'int' ? new Int32Array(0) : new Uint8Array(0)] =
      parts
    const out = emptyLike(first, total * width)
    parts.forEach((part, k) => {
      const { from = 0, count = 0 } = pieces[k] ?? {}
      out.set(part.subarray(0, count * width), from * width)
    })
    return out
  })
  return refill(types, leaves)
}
