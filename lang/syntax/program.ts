/**
 * A program: a closed, named, typed function over trees of arrays. `in` and `out` are trees of types whose literals
 * TypeScript knows; `closed` is flat, plain and untyped.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, close, type Named } from './closed.ts'
import { type Diagnostic, type Diagnostics, orThrow } from './error.ts'
import { type Expr, input, isExpr, poison } from './expr.ts'
import type { Type } from './shape.ts'
import { callSite } from './site.ts'
import {
  type Handles,
  isObject,
  isTypeOrExpr,
  leavesWithPath,
  nameOf,
  refill,
  type TypesOf,
  type TypeTree,
} from './tree.ts'

export interface Program<In, Out> {
  readonly in: In
  readonly out: Out
  readonly closed: Closed
}

/** The untyped maker, with the leaves of `types` named: what transformations use. */
export const makeNamed = (
  types: unknown,
  inputs: readonly Named[],
  f: (handles: unknown) => unknown,
): E.Either<Diagnostics, Program<unknown, unknown>> => {
  const xs = inputs.map(({ name, type }) => input(name, type))
  const result = f(refill(types, xs))
  const found = leavesWithPath(result, isTypeOrExpr)
  const outs = found.map(([path, leaf]) => (isObject(leaf) && isExpr(leaf) ? leaf : stray(path, leaf)))
  return E.map((closed: Closed) => ({
    in: types,
    out: refill(
      result,
      outs.map((e) => e.type),
    ),
    closed,
  }))(close(xs, outs))
}
/** The diagnostic of what is no expression where one is needed. */
export const stray = (path: readonly string[], leaf: unknown): Expr => {
  const found = isObject(leaf) ? 'a type' : `the ${typeof leaf} ${String(leaf)}`
  const diagnostic: Diagnostic = {
    problem: { _tag: 'NotAnExpression', path: path.join('.'), found },
    op: 'program',
    types: [],
    site: callSite(),
  }
  return poison([], [diagnostic])
}

type Build = (handles: unknown) => unknown
const make = (types: TypeTree, f: Build): E.Either<Diagnostics, Program<unknown, unknown>> => {
  const named = leavesWithPath(types, isTypeOrExpr).map(([path, type]) => ({ name: nameOf(path), type: type as Type }))
  return makeNamed(types, named, f)
}
/**
 * A program from the types of its inputs and a pure function on expressions.
 *
 * Errors: every ill-typed operation met on the way to the outputs, in program order, each at its source line
 *
 * @example
 * program({ x: real(3), y: real(3) }, ({ x, y }) => sum()(mul(sin(x), y)))
 */
export const program: <const In extends TypeTree, R>(
  types: In,
  f: (inputs: Handles<In>) => R,
) => E.Either<Diagnostics, Program<In, TypesOf<R>>> = make as never // relating the tree types to the body is deeper than TypeScript goes
export const programOrThrow: <const In extends TypeTree, R>(
  types: In,
  f: (inputs: Handles<In>) => R,
) => Program<In, TypesOf<R>> = ((types: TypeTree, f: Build) => orThrow(make(types, f))) as never
