/** Operations run on numbers: what the tests of this folder share. */

import * as fc from 'fast-check'
import { evaluate } from '../../../lang/evaluate.ts'
import { orThrow } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Shape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { grad } from '../../../src/transform/grad.ts'

/** A tensor of an element type: its shape and its numbers. */
export interface Given {
  readonly type: Type
  readonly data: readonly number[]
}
export const vector = (...data: readonly number[]): Given => ({ type: real(data.length), data })
export const array = (shape: Shape, data: readonly number[]): Given => ({ type: real(...shape), data })
export const integers = (shape: Shape, data: readonly number[]): Given => ({ type: int(...shape), data })
export const truths = (shape: Shape, data: readonly number[]): Given => ({ type: { dtype: 'bool', shape }, data })
/** Numbers without pattern: n of them, from a seed. */
export const noise = (n: number, seed = 1): readonly number[] =>
  Array.from({ length: n }, (_, k) => Math.sin(12.9898 * (k + 1) + 78.233 * seed) * 1.7)

type Operation = (...xs: readonly Expr[]) => Expr
/** The numbers that an operation gives, row-major. */
export const valuesOf = (f: Operation, ...xs: readonly Given[]): readonly number[] => {
  const p = programOrThrow(
    xs.map((x) => x.type),
    (handles) => f(...(handles as readonly Expr[])),
  )
  return [
    ...(evaluate(
      p.closed,
      xs.map((x) => Float64Array.from(x.data)),
    )[0] ?? []),
  ]
}
export const shapeOfResult = (f: Operation, ...xs: readonly Given[]): Shape =>
  (
    programOrThrow(
      xs.map((x) => x.type),
      (handles) => f(...(handles as readonly Expr[])),
    ).out as Type
  ).shape
/** The gradient, in the first argument, of an operation whose result is one number. */
export const gradientOf = (f: Operation, ...xs: readonly Given[]): readonly number[] => {
  const p = programOrThrow(
    xs.map((x) => x.type),
    (handles) => f(...(handles as readonly Expr[])),
  )
  const g = orThrow(grad(p as never)) as { readonly closed: typeof p.closed }
  return [
    ...(evaluate(
      g.closed,
      xs.map((x) => Float64Array.from(x.data)),
    )[0] ?? []),
  ]
}

/** A tensor without pattern. */
export const filled = (shape: Shape, seed = 1): Given => array(shape, noise(sizeOf(shape), seed))
/** Equal up to rounding. */
export const near = (xs: readonly number[], ys: readonly number[]): boolean =>
  xs.length === ys.length && xs.every((x, k) => Math.abs(x - (ys[k] as number)) <= 1e-10 * (1 + Math.abs(x)))
export const small: fc.Arbitrary<number> = fc.integer({ min: 1, max: 3 })
export const count = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
