/**
 * A program: a closed, named, typed function over trees of arrays. `in` and `out` are trees of types whose literals
 * TypeScript knows; `closed` is flat, plain and untyped.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, close, inTypes, type Named } from './closed.ts'
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
import { typed } from './typed.ts'

export interface Program<In, Out> {
  readonly in: In
  readonly out: Out
  readonly closed: Closed
}
/** A program whose trees TypeScript does not know: parsed, read from a file, or put together at run time. */
export type UntypedProgram = Program<unknown, unknown>

/** A program from its types and the names of its inputs, one per leaf: what transformations use. */
export const makeNamed = (
  types: unknown,
  inputs: readonly Named[],
  f: (handles: unknown) => unknown,
): E.Either<Diagnostics, UntypedProgram> => {
  const xs = inputs.map(({ name, type }) => input(name, type))
  const result = f(refill(types, xs))
  const found = leavesWithPath(result, isOutput)
  const outs = found.map(([path, leaf]) => (isObject(leaf) && isExpr(leaf) ? leaf : stray(path, leaf)))
  return E.map((closed: Closed) => ({
    in: types,
    out: refill(
      result,
      outs.map((e) => e.type),
      isOutput,
    ),
    closed,
  }))(close(xs, outs, builders()))
}
/** undefined is a leaf, so that an output that was forgotten gets a diagnostic; null stands for no output. */
const isOutput = (x: unknown): boolean => isTypeOrExpr(x) || x === undefined
/** An ill-typed expression in place of an output, or of `what`, that is not an expression. */
export const stray = (path: readonly string[], leaf: unknown, what?: string, op = 'program'): Expr => {
  const found = isObject(leaf) ? 'a type' : leaf === undefined ? 'undefined' : `the ${typeof leaf} ${String(leaf)}`
  const diagnostic: Diagnostic = {
    problem: { _tag: 'NotAnExpression', path: path.join('.'), found, ...(what !== undefined && { what }) },
    op,
    types: [],
    site: callSite(...builders()),
  }
  return poison([], [diagnostic])
}

type Body = (handles: never) => unknown
/**
 * `program` for trees that TypeScript does not know, as a network's parameters are while layers are joined. The caller
 * states what the function receives; the leaves are checked when the program is built.
 *
 * Errors: as `program`
 */
export const untypedProgram = (types: unknown, f: Body): E.Either<Diagnostics, UntypedProgram> => {
  const named = leavesWithPath(types, isTypeOrExpr).map(([path, type]) => ({ name: nameOf(path), type: type as Type }))
  const made = makeNamed(types, named, f as (handles: unknown) => unknown)
  return E.isRight(made) && made.right.out === null ? E.left([noOutput(made.right)]) : made
}
const noOutput = ({ closed }: UntypedProgram): Diagnostic => ({
  problem: { _tag: 'Malformed', what: 'it has no output' },
  op: 'program',
  types: inTypes(closed),
  site: callSite(),
})
/**
 * What a program may not return. The refusals are object types, not sentences: the intersection of a number, or of void,
 * and a string is `never`. A tree of expressions, of null and of what is not known yet is fine.
 */
type FitsOutputs<R> = [OutputProblem<R>] extends [never] ? unknown : OutputProblem<R>
type OutputProblem<R> = [R] extends [never]
  ? never
  : 0 extends 1 & R
    ? never
    : // biome-ignore lint/suspicious/noConfusingVoidType: what a function without return gives
      [R] extends [void]
      ? { readonly 'the function returns nothing: return an expression': never }
      : R extends Expr | null
        ? never
        : R extends number | boolean | string | bigint
          ? { readonly 'an output is an expression: wrap numbers with constant or tensor': never }
          : R extends (...args: never) => unknown
            ? { readonly 'an output is an expression, not a function: its array is missing': never }
            : R extends readonly unknown[]
              ? OutputProblem<R[number]>
              : R extends object
                ? { readonly [K in keyof R]: OutputProblem<R[K]> }[keyof R]
                : never
type ProgramFrom = <const In extends TypeTree, R>(
  types: In,
  f: (inputs: Handles<In>) => R & FitsOutputs<R>,
) => E.Either<Diagnostics, Program<In, TypesOf<R>>>
type ProgramOrThrow = <const In extends TypeTree, R>(
  types: In,
  f: (inputs: Handles<In>) => R & FitsOutputs<R>,
) => Program<In, TypesOf<R>>
/**
 * A program from a tree of types, one for every input, and a pure function from the inputs' expressions to a tree of
 * expressions, the outputs.
 *
 * Errors: every ill-typed operation that an output depends on, in program order, each with its source line;
 *         NotAnExpression for an output that is a number or undefined; Malformed where it is null
 *
 * @example
 * const f = program({ x: real(3), y: real(3) }, ({ x, y }) => sum()(mul(sin(x), y)))
 * f._tag // => 'Right'
 */
export const program: ProgramFrom = typed(untypedProgram)
/**
 * `program` for scripts: it throws one exception whose message holds all errors.
 *
 * @example
 * const f = programOrThrow({ x: real() }, ({ x }) => sin(x))
 * print(f) // => 'fn {x: real} ->\n  let a: real = sin(x)\n  in a'
 */
export const programOrThrow: ProgramOrThrow = typed((types: unknown, f: Body) => orThrow(untypedProgram(types, f)))
/** The functions that a user may have called to build a program, the outermost first. */
const builders = (): readonly unknown[] => [programOrThrow, untypedProgram]
