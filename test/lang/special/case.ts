/**
 * What an operation gives at special points, as numbers written out: values, and derivatives in both modes. A case is
 * data beside a program; run.ts runs it, here and on the back ends. Nothing expected is computed by the project.
 */
import { type Closed, closeOver, numbered } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import type { Type } from '../../../lang/syntax/shape.ts'

export const { NaN: nan, POSITIVE_INFINITY: inf } = Number
/** The smallest number of float64. */
export const tiny = 5e-324
/** 2^-140: subnormal in float32, and held by it exactly. */
export const small = 7.174648137343064e-43
export const specials: readonly number[] = [0, -0, inf, -inf, nan, tiny]

type Numbers = readonly number[]
/** Tangents of the inputs, null where one is absent, and the tangents of the outputs. */
export interface Forward {
  readonly v: readonly (Numbers | null)[]
  readonly dy: readonly Numbers[]
}
/** Cotangents of the outputs, and the cotangents of those inputs whose own is not null. */
export interface Reverse {
  readonly w: readonly (Numbers | null)[]
  readonly dx: readonly (Numbers | null)[]
}
export interface Case {
  readonly name: string
  /** The primitives it speaks for. */
  readonly of: readonly string[]
  readonly program: Closed
  readonly x: readonly Numbers[]
  readonly y: readonly Numbers[]
  readonly forward?: Forward
  readonly reverse?: Reverse
  /** Where IEEE-754 and Math say something else, or nothing: the line of docs/conventions.md. */
  readonly rule?: string
}
type Outputs = Expr | readonly Expr[]
const isList = (outs: Outputs): outs is readonly Expr[] => Array.isArray(outs)
/** A program of inputs of these types. */
export const programOf = (types: readonly Type[], f: (...xs: readonly Expr[]) => Outputs): Closed =>
  closeOver(numbered(types), (xs) => {
    const outs = f(...xs)
    return isList(outs) ? outs : [outs]
  })

interface Facts {
  readonly of?: readonly string[]
  readonly x: readonly Numbers[]
  readonly y: readonly Numbers[]
  /** Tangent and cotangent 1 everywhere, unless they are said. */
  readonly v?: Forward['v']
  readonly dy?: Forward['dy']
  readonly w?: Reverse['w']
  readonly dx?: Reverse['dx']
  readonly rule?: string
}
/** A case from what is known of it; it speaks for the primitive it is named after. */
export const about = (
  name: string,
  types: readonly Type[],
  f: (...xs: readonly Expr[]) => Outputs,
  facts: Facts,
): Case => {
  const ones = (xs: readonly Numbers[]): readonly Numbers[] => xs.map((x) => x.map(() => 1))
  const { of = [name.split(/[ ,:(]/)[0] as string], x, y, v = ones(x), dy, w = ones(y), dx, rule } = facts
  return {
    name,
    of,
    program: programOf(types, f),
    x,
    y,
    ...(dy && { forward: { v, dy } }),
    ...(dx && { reverse: { w, dx } }),
    ...(rule !== undefined && { rule }),
  }
}
