/**
 * Types of arrays: an element type and a shape. Nothing here knows about expressions.
 * Row-major order throughout: the last axis moves fastest. Read next: expr.ts.
 */

import type { FitsDims } from '../types/index.ts'
import { nth } from './list.ts'

/** The precision of `real` belongs to the back end; `int` is a 32-bit integer. */
export type DType = 'real' | 'int' | 'bool'
export type Shape = readonly number[]
/** A type alias, not an interface: so that closed programs, which hold types, are plain data for the compiler too. */
export type Type<S extends Shape = Shape, D extends DType = DType> = {
  readonly dtype: D
  readonly shape: S
}

/**
 * The type of an array of reals with these sizes; without sizes that of one real number.
 *
 * @example
 * real(2, 3) // => { dtype: 'real', shape: [2, 3] }
 */
export const real = <const S extends Shape>(...shape: S & FitsDims<S>): Type<S, 'real'> => ({ dtype: 'real', shape })
/** The type of an array of 32-bit integers with these sizes; without sizes that of one integer. */
export const int = <const S extends Shape>(...shape: S & FitsDims<S>): Type<S, 'int'> => ({ dtype: 'int', shape })
/** The type of an array of truth values with these sizes; without sizes that of one truth value. */
export const bool = <const S extends Shape>(...shape: S & FitsDims<S>): Type<S, 'bool'> => ({ dtype: 'bool', shape })

export const isType = (x: object): x is Type =>
  'dtype' in x && typeof x.dtype === 'string' && 'shape' in x && Array.isArray(x.shape)
export const isReal = (t: Type): boolean => t.dtype === 'real'

/** The largest int32. No size is larger, nor the number of elements of an array: indices are integers too. */
export const largestInt: number = 2 ** 31 - 1
/** Whether a number is a size, of an axis or a batch or a loop: a whole number from 0 to the largest int32. */
export const isSize = (n: unknown): n is number =>
  typeof n === 'number' && Number.isInteger(n) && n >= 0 && n <= largestInt
/** Whether a value is an element: every number is real, an int is a whole number within int32, a bool is 0 or 1. */
export const isElement = (dtype: DType, x: number): boolean =>
  typeof x === 'number' && (dtype === 'real' || (dtype === 'bool' ? x === 0 || x === 1 : x === (x | 0)))
/** Number of elements; 1 for a scalar. */
export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)
/** The distance between neighbours along each axis, in elements: strides([2, 3, 4]) = [12, 4, 1]. */
export const strides = (shape: Shape): Shape => shape.map((_, d) => sizeOf(shape.slice(d + 1)))
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, d) => n === b[d])
export const sameType = (a: Type, b: Type): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape)
export const sameTypes = (a: readonly Type[], b: readonly Type[]): boolean =>
  a.length === b.length && a.every((t, i) => sameType(t, nth(b, i)))

/** The axes of a rank: [0, 1, ..., rank - 1]. */
export const axesOf = (rank: number): Shape => Array.from({ length: rank }, (_, d) => d)
/** The axes of a rank that are not in a list. */
export const otherAxes = (axes: Shape, rank: number): Shape => axesOf(rank).filter((d) => !axes.includes(d))
/**
 * The axis counted from the front, where -1 is the last; out of range unchanged.
 *
 * Law:     axisOf(axisOf(a, r), r) = axisOf(a, r)
 */
export const axisOf = (axis: number, rank: number): number => (axis < 0 && axis >= -rank ? axis + rank : axis)
/** Whether these are axes of a rank, each at most once. */
export const areAxes = (axes: Shape, rank: number): boolean =>
  axes.every((d, k) => Number.isInteger(d) && d >= 0 && d < rank && axes.indexOf(d) === k)

/** The shape that two shapes broadcast to, aligned at the right: size 1 stretches. Undefined where two sizes differ. */
export const broadcastShapes = (a: Shape, b: Shape): Shape | undefined => {
  if (a.length === 0 || sameShape(a, b)) return b
  const rank = Math.max(a.length, b.length)
  const at = (s: Shape, d: number): number => s[d - rank + s.length] ?? 1
  const fits = axesOf(rank).every((d) => at(a, d) === at(b, d) || at(a, d) === 1 || at(b, d) === 1)
  return fits ? axesOf(rank).map((d) => (at(a, d) === 1 ? at(b, d) : at(a, d))) : undefined
}

/** A list that is no shape, from JavaScript, shows what it has. */
export const showShape = (shape: Shape): string => `[${Array.from(shape).join(', ')}]`
export const showType = (t: Type): string => `${t.dtype}${showShape(t.shape)}`
