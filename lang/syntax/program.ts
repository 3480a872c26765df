/**
 * A program: a closed, named, typed function over trees of arrays. `in` and `out` are trees of types whose literals
 * TypeScript knows; `closed` is flat, plain and untyped.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, close, inTypes, isClosed, type Named } from './closed.ts'
import { type Diagnostic, type Diagnostics, orThrow } from './error.ts'
import { type Expr, input, isExpr, poison } from './expr.ts'
import { isType, type Type } from './shape.ts'
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
export const isProgram = (x: unknown): x is UntypedProgram =>
  isObject(x) && 'in' in x && 'out' in x && 'closed' in x && isClosed(x.closed)

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
const isOutput = (x: unknown): boolean => isTypeOrExpr(x) || x === undefined || isOpaque(x)
/** An object whose parts are hidden, such as a promise or a map, or are numbers: no tree. */
const isOpaque = (x: unknown): boolean =>
  ArrayBuffer.isView(x) ||
  (isObject(x) &&
    !Array.isArray(x) &&
    x.constructor !== undefined &&
    x.constructor !== Object &&
    Object.keys(x).length === 0)
const isProperType = (x: unknown): boolean => isObject(x) && isType(x) && ['real', 'int', 'bool'].includes(x.dtype)
/** A short name of a value that is not an expression. */
const named = (x: unknown): string => {
  if (x === undefined || x === null) return String(x)
  if (typeof x === 'function') return 'a function'
  if (!isObject(x)) return `the ${typeof x} ${String(x)}`
  if (isExpr(x)) return 'an expression'
  return isType(x)
    ? isProperType(x)
      ? 'a type'
      : `of the type ${String(x.dtype)}`
    : `an object of the class ${x.constructor.name}`
}
/** An ill-typed expression in place of an output, or of `what`, that is not an expression. */
export const stray = (path: readonly string[], leaf: unknown, what?: string, op = 'program'): Expr => {
  const found = named(leaf)
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
  const leaves = leavesWithPath(types, isTypeOrExpr)
  const other = leaves.find(([, leaf]) => !isProperType(leaf))
  if (other !== undefined)
    return E.left([malformed(`the input ${nameOf(other[0])} is ${named(other[1])}, not a type such as real(3)`)])
  if (typeof f !== 'function') return E.left([malformed(`its function is ${named(f)}`)])
  const inputs = leaves.map(([path, type]) => ({ name: nameOf(path), type: type as Type }))
  const made = makeNamed(types, inputs, f as (handles: unknown) => unknown)
  return E.isRight(made) && made.right.out === null
    ? E.left([malformed('it has no output', inTypes(made.right.closed))])
    : made
}
const malformed = (what: string, types: readonly Type[] = []): Diagnostic => ({
  problem: { _tag: 'Malformed', what },
  op: 'program',
  types,
  site: callSite(...builders()),
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
