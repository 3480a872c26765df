/**
 * One primitive, one entry: all that the project knows about an operation. Transformations, laws, printers and back
 * ends read entries, and name no primitive. How to read an entry, from top to bottom:
 *
 *   name, sentence, latex   what programs, explanations and formulas call it
 *   algebra                 facts that hold for every float: simplify uses them
 *   examples                attributes and argument types, and the interval to draw from: every law is tested on each
 *   batch                   how vmap puts one more axis on it
 *   type                    (attributes, argument types) -> the output types, or what is wrong
 *   derivative              one linear map per argument: push carries a tangent forward, pull a cotangent back
 *   meaning                 what it computes: the element at each output index, or a form over closed programs
 *
 * An entry is in the file of its family; index.ts lists the families. Beside it is the function that users call.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Meaning, Source, While } from '../kernel/meaning.ts'
import type { Closed } from '../syntax/closed.ts'
import { type Diagnostic, type Diagnostics, ill, type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, type Maybe, node, poison } from '../syntax/expr.ts'
import type { Attrs } from '../syntax/plain.ts'
import type { Type } from '../syntax/shape.ts'
import { callSite } from '../syntax/site.ts'

/** A tuple of Ts as long as N: arities are tuples, [0, 0] for two arguments. */
export type Each<N extends readonly unknown[], T> = { readonly [K in keyof N]: T }

/** The derivative in one argument and its transpose: <push t, ct> = <t, pull ct>. */
export interface LinearMap {
  readonly push: (tangent: Expr) => Expr
  readonly pull: (cotangent: Expr) => Expr
}
/** All arguments together, for operations with several outputs. `wanted`: which cotangents are requested. */
export interface JointMap {
  readonly push: (tangents: readonly Maybe[]) => readonly Maybe[]
  readonly pull: (cotangents: readonly Maybe[], wanted: readonly boolean[]) => readonly Maybe[]
}
/** One map per argument, null where there is no derivative (indices, conditions); or one joint map. */
export type Derivative = readonly (LinearMap | null)[] | JointMap

/** The transformations, passed to entries whose attributes hold programs, because lang cannot import src. */
export interface Recursion {
  /** (inputs, tangents of the active ones) -> the tangent of every output; an array of zeros where it is not active. */
  readonly jvp: (
    body: Closed,
    active: readonly boolean[],
  ) => { readonly body: Closed; readonly active: readonly boolean[] }
  /** (inputs, cotangents of the outputs in `given`) -> cotangents of the inputs in `wanted`; or why it is refused. */
  readonly vjp: (body: Closed, wanted: readonly boolean[], given: readonly boolean[]) => E.Either<Diagnostics, Closed>
  /** The body over one more axis of the batched inputs and of every output. */
  readonly vmap: (body: Closed, batched: readonly boolean[]) => Closed
  /** The size and name of the axis that vmap adds. */
  readonly size: number
  readonly axis: string | undefined
  /** Whether a body names the axis that vmap adds, as psum does: its examples then depend on one another. */
  readonly reads: (body: Closed) => boolean
  /** The while loops of a body and of the bodies in it. */
  readonly loops: (body: Closed) => readonly While[]
}
/** Outputs under vmap, each with its batch axis in front unless `batched` says that it has none. */
export interface BatchedOuts {
  readonly outs: readonly Expr[]
  readonly batched: readonly boolean[]
}
type Batch<A, N extends readonly unknown[]> =
  /** Every argument has the batch axis in front: the same primitive with other attributes. */
  | { lift(attrs: A, size: number): A }
  /** Anything else. Used when an argument is batched, or when the operation names the mapped axis. */
  | { rule(attrs: A, args: Each<N, Expr>, batched: Each<N, boolean>, rec: Recursion): BatchedOuts }

/** Facts true of every float, -0 and NaN included. */
export interface Algebra {
  readonly commutative?: true
  readonly involution?: true
  readonly idempotent?: true
  readonly identity?: { readonly left?: number; readonly right?: number }
}
/** Where the laws are tested: attributes, argument types, and the interval inputs are drawn from, away from kinks. */
export interface Example<A> {
  readonly attrs: A
  readonly args: readonly Type[]
  readonly range?: readonly [number, number]
  /**
   * The derivative is declared, and need not be that of the values: finite differences do not apply. true: it is that of a
   * constant; 'identity': it is that of the argument.
   */
  readonly declared?: true | 'identity'
  /** Square matrices must be regular: other random matrices are added to a multiple of the identity. */
  readonly regular?: true
}

/**
 * A: the type of its attributes. N: its arity, as a tuple. Name: its name, as a literal, so that index.ts can list all.
 * Methods, not properties: method parameters are bivariant, so Entry<{axes}, [0]> is an Entry without a cast.
 */
export interface Entry<
  A extends Attrs = Attrs,
  N extends readonly unknown[] = readonly unknown[],
  Name extends string = string,
> {
  readonly name: Name
  /** What it does or is, in an English phrase: "adds along axes". The docstring of its builder opens with it. */
  readonly sentence: string
  /** What schools call its rule of differentiation: "product rule". */
  readonly rule?: string
  /** $0, $1: the arguments; $name: an attribute. */
  readonly latex: string
  readonly algebra: Algebra
  readonly examples: readonly Example<A>[]
  readonly batch: Batch<A, N>
  /** The names of mapped axes that it reads itself; those of its bodies are found separately. */
  axes?(attrs: A): readonly string[]
  type(attrs: A, args: Each<N, Type>): E.Either<Problem, readonly Type[]>
  derivative(attrs: A, args: Each<N, Expr>, outs: readonly Expr[], rec: Recursion): Derivative
  meaning(attrs: A, args: Each<N, Source>, outs: readonly Type[]): Meaning
  /**
   * Coefficient k of the only output's Taylor series, from those of the arguments up to k and its own below k. Only for an
   * operation whose derivative is no recurrence of O(k) terms.
   */
  taylor?(attrs: A, args: Each<N, (k: number) => Maybe>, out: (k: number) => Maybe, k: number): Maybe
  /**
   * Of an operation that holds programs: its attributes where every real value is a list of coefficients. `widths`: how many
   * values each argument becomes. `on`: the program on such lists.
   */
  onSeries?(attrs: A, widths: readonly number[], on: (body: Closed) => Closed): A
  /** Its steps depend on all elements at once: a batch is that of its examples only where all numbers are finite. */
  readonly adaptive?: true
}

/**
 * The types of the outputs, or what is wrong: the rule of the entry, and what holds for every array.
 *
 * Errors:  NotASize, TooManyElements, and those of the rule
 */
export const typing = <A extends Attrs, N extends readonly unknown[]>(
  entry: Entry<A, N>,
  attrs: A,
  args: Each<N, Type>,
): E.Either<Problem, readonly Type[]> => {
  const outs = entry.type(attrs, args)
  if (E.isLeft(outs)) return outs
  for (const { shape } of outs.right) {
    const problem = shapeProblem(shape)
    if (problem !== undefined) return ill(problem)
  }
  return outs
}

/** An ill-typed expression, blamed on the user's line. Over another poison it is silent: no cascades. */
export const refuse = (op: string, problem: Problem, args: readonly Expr[]): Expr => {
  const silent = args.some((a) => a.node._tag === 'Poison')
  const found = (): Diagnostic => ({ problem, op, types: args.map((a) => a.type), site: callSite() })
  return poison(args, silent ? [] : [found()])
}
/** All outputs of a primitive; `count` poisons when it is ill-typed. */
export const applyAll = <A extends Attrs, N extends readonly unknown[]>(
  entry: Entry<A, N>,
  attrs: A,
  args: Each<N, Expr> & readonly Expr[],
  count: number,
): readonly Expr[] => {
  if (args.some((a) => a.node._tag === 'Poison')) return copies(count, poison(args, []))
  // map keeps the length of a tuple, which its type does not say
  const types = args.map((a) => a.type) as unknown as Each<N, Type>
  const outs = typing(entry, attrs, types)
  return E.isRight(outs)
    ? node(entry.name, attrs, args, outs.right)
    : copies(count, refuse(entry.name, outs.left, args))
}
const copies = (count: number, x: Expr): readonly Expr[] => Array.from({ length: count }, () => x)
/** The output of a primitive that has one; the type of the list does not say how many there are. */
export const only = (outs: readonly Expr[]): Expr => outs[0] as Expr
export const apply = <A extends Attrs, N extends readonly unknown[]>(
  entry: Entry<A, N>,
  attrs: A,
  ...args: Each<N, Expr> & readonly Expr[]
): Expr => only(applyAll(entry, attrs, args, 1))
