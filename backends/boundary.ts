/** Between trees of typed arrays and flat lists of leaves: inputs are checked, results get the arrays of their types. */
import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { unnest } from '../lang/syntax/nested.ts'
import { sameShape, sizeOf, type Type } from '../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, memberAt, refill } from '../lang/syntax/tree.ts'
import type { RunError } from './error.ts'

/** The leaves of a tree of types are all types. */
const typesWithPath = (types: unknown) =>
  leavesWithPath(types, isTypeOrExpr) as readonly (readonly [path: readonly string[], type: Type])[]

/** The elements of one leaf, in any kind of array. */
export type Elements = ArrayLike<number>
export type Floats = Float32Array | Float64Array

const isData = (x: unknown): x is Elements =>
  x instanceof Float32Array ||
  x instanceof Float64Array ||
  x instanceof Int32Array ||
  x instanceof Uint8Array ||
  (Array.isArray(x) && x.every((v) => typeof v === 'number'))

const describe = (x: unknown): string =>
  typeof x === 'object' && x !== null ? `an object of ${x.constructor?.name ?? 'no class'}` : String(x)

/** The smallest and the largest integer that a back end represents exactly. */
export type Integers = readonly [number, number]
const int32: Integers = [-2147483648, 2147483647]

/** Integers must be in range, truth values 0 or 1; reals may be any number. */
const badElement = (path: string, { dtype }: Type, x: Elements, ints: Integers): RunError | undefined => {
  if (dtype === 'real' || (dtype === 'bool' && x.length === 0)) return undefined
  const [low, high] = dtype === 'bool' ? [0, 1] : ints
  for (let index = 0; index < x.length; index++) {
    const v = x[index] as number
    if (!(Number.isInteger(v) && v >= low && v <= high))
      return {
        _tag: 'WrongElement',
        path,
        index,
        found: v,
        expected: dtype === 'bool' ? 'a truth value, 0 or 1' : `an integer from ${low} to ${high}`,
      }
  }
  return undefined
}

/** The elements of an array; of a nested one, if it has the shape of the type. */
const elementsOf = (path: string, { shape }: Type, given: unknown): E.Either<RunError, Elements> => {
  const x = typeof given === 'number' ? [given] : given
  if (isData(x)) return E.right(x)
  const nested = Array.isArray(x) ? unnest(x) : undefined
  if (nested === undefined || ('_tag' in nested && nested._tag === 'NotNumbers'))
    return E.left({ _tag: 'NotData', path, found: describe(x) })
  if ('_tag' in nested)
    return E.left({ _tag: 'Ragged', path: `${path}${nested.row}`, expected: nested.expected, found: nested.found })
  return sameShape(nested.shape, shape)
    ? E.right(nested.values)
    : E.left({ _tag: 'WrongShape', path, expected: shape, found: nested.shape })
}

/** Integers have one zero. */
const oneZero = (x: Elements): Elements =>
  Array.prototype.some.call(x, (v) => Object.is(v, -0)) ? Array.from(x, (v) => v + 0) : x
/**
 * The leaves of the inputs in order. Arrays are not copied, unless an integer is -0. `ints`: the integers that the back
 * end represents.
 */
export const checkInputs =
  (types: unknown, ints: Integers = int32) =>
  (inputs: unknown): E.Either<RunError, readonly Elements[]> => {
    const found: Elements[] = []
    for (const [path, type] of typesWithPath(types)) {
      const where = path.join('.') || 'the input'
      const given = memberAt(inputs, path)
      if (given === undefined || given === null) return E.left({ _tag: 'MissingInput', path: where })
      const data = elementsOf(where, type, given)
      if (E.isLeft(data)) return data
      const x = data.right
      const expected = sizeOf(type.shape)
      if (x.length !== expected) return E.left({ _tag: 'WrongLength', path: where, expected, found: x.length })
      const bad = badElement(where, type, x, ints)
      if (bad) return E.left(bad)
      found.push(type.dtype === 'int' ? oneZero(x) : x)
    }
    return E.right(found)
  }

/** A result at either end of the back end's integers may be a larger integer that was rounded. */
const inexact = (path: string, x: Floats, [low, high]: Integers): RunError | undefined => {
  for (let index = 0; index < x.length; index++) {
    const found = x[index] as number
    if (!(found > low && found < high)) return { _tag: 'InexactInteger', path, index, found, limit: high }
  }
  return undefined
}
/**
 * The tree of results, from its leaves in order: reals as they are, integers and truth values in their own arrays.
 * `ints`: the integers that the back end represents; absent if it represents all of int32.
 *
 * Errors: InexactInteger, for a result at either end of `ints`
 */
export const toResults =
  (types: unknown, ints?: Integers) =>
  (outputs: readonly Floats[]): E.Either<RunError, unknown> => {
    const found: unknown[] = []
    for (const [[path, { dtype }], x] of RA.zip(typesWithPath(types), outputs)) {
      const bad = dtype === 'int' && ints ? inexact(path.join('.') || 'the result', x, ints) : undefined
      if (bad) return E.left(bad)
      found.push(dtype === 'int' ? new Int32Array(x) : dtype === 'bool' ? new Uint8Array(x) : x)
    }
    return E.right(refill(types, found))
  }
