/**
 * The library's functions for programs whose types only run time knows: the visitor types the formula and chooses the
 * layers. The library checks every program when it is built, so nothing is lost but TypeScript's knowledge of it.
 */
import type * as E from 'fp-ts/lib/Either.js'
import {
  apply,
  type Diagnostics,
  grad,
  gradOrThrow,
  hessian,
  type Program,
  programOrThrow,
  valueAndGradOrThrow,
} from '../../../src/index.ts'

export type Untyped = Program<unknown, unknown>
export const build = programOrThrow as <V>(types: unknown, f: (inputs: V) => unknown) => Untyped
/** A program applied to expressions. The caller says which outputs it has. */
export const call = <In, Out>(p: Untyped): ((inputs: In) => Out) => apply(p as never) as never
export const gradientOf = (p: Untyped): E.Either<Diagnostics, Untyped> => grad(p as never)
export const gradientOrThrow = (p: Untyped): Untyped => gradOrThrow(p as never)
export const valueAndGradientOrThrow = (p: Untyped): Untyped => valueAndGradOrThrow(p as never)
export const hessianOf = (p: Untyped): E.Either<Diagnostics, Untyped> => hessian(p as never)
