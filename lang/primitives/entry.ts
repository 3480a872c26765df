/**
 * One primitive, one entry: everything there is to say about an operation. A new primitive is an entry in its family's
 * file; laws, transformations, printers and back ends quantify over entries and name none.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Meaning, Source } from '../kernel/meaning.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Diagnostic, Diagnostics, Problem } from '../syntax/error.ts'
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
/** All arguments together, for operations with several outputs. `wanted`: which cotangents anybody will read. */
export interface JointMap {
  readonly push: (tangents: readonly Maybe[]) => readonly Maybe[]
  readonly pull: (cotangents: readonly Maybe[], wanted: readonly boolean[]) => readonly Maybe[]
}
/** One map per argument of a one-output operation, null where it has no derivative (indices, conditions); or a joint map. */
export type Derivative = readonly (LinearMap | null)[] | JointMap

/** The transformations, handed to entries whose attributes hold programs: no import goes back up to src. */
export interface Recursion {
  /** (inputs, tangents of the active ones) -> the tangent of every output, a solid zero where it is not marked active. */
  readonly jvp: (
    body: Closed,
    active: readonly boolean[],
  ) => { readonly body: Closed; readonly active: readonly boolean[] }
  /** (inputs, cotangents of the given outputs) -> cotangents of the wanted inputs; or why the body has no transpose. */
  readonly vjp: (body: Closed, wanted: readonly boolean[], given: readonly boolean[]) => E.Either<Diagnostics, Closed>
  /** The body over one more axis of the batched inputs and of every output. */
  readonly vmap: (body: Closed, batched: readonly boolean[]) => Closed
  /** The size and name of the axis that vmap adds. */
  readonly size: number
  readonly axis: string | undefined
  /** Whether a body reads the axis that vmap adds, by its name: its examples then depend on one another. */
  readonly reads: (body: Closed) => boolean
}
/** Outputs under vmap, each with its batch axis in front unless `batched` says that it has none. */
export interface BatchedOuts {
  readonly outs: readonly Expr[]
  readonly batched: readonly boolean[]
}
export type Batch<A, N extends readonly unknown[]> =
  /** Every argument has the batch axis in front: the same primitive with other attributes. */
  | { lift(attrs: A, size: number): A }
  /** Anything else. Applied where an argument is batched, or where the axis is one that the operation reads by name. */
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
  /** The derivative is what somebody declared, not that of the values: finite differences do not apply. */
  readonly declared?: true
  /** Square matrices must be regular: beyond these examples, what is drawn is added to a multiple of the identity. */
  readonly regular?: true
}

/** The same words in every language that explanations speak. */
export interface Said {
  readonly en: string
  readonly fr: string
}
/** `rule`: what schools call its rule of differentiation. */
export interface Words extends Said {
  readonly rule?: Said
}

// Methods, not properties: method parameters are bivariant, so Entry<{axes}, [0]> is an Entry without a cast.
export interface Entry<A extends Attrs = Attrs, N extends readonly unknown[] = readonly unknown[]> {
  readonly name: string
  /** What it does or is, in a phrase: "adds along axes". */
  readonly sentence: Words
  /** $0, $1: the arguments; $name: an attribute. */
  readonly latex: string
  readonly algebra: Algebra
  readonly examples: readonly Example<A>[]
  readonly batch: Batch<A, N>
  /** The names of mapped axes that it reads, beside those that its bodies read. */
  axes?(attrs: A): readonly string[]
  type(attrs: A, args: Each<N, Type>): E.Either<Problem, readonly Type[]>
  derivative(attrs: A, args: Each<N, Expr>, outs: readonly Expr[], rec: Recursion): Derivative
  meaning(attrs: A, args: Each<N, Source>, outs: readonly Type[]): Meaning
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
  if (args.some((a) => a.node._tag === 'Poison')) return many(count, poison(args, []))
  const outs = (entry as unknown as Entry).type(
    attrs,
    args.map((a) => a.type),
  )
  return E.isRight(outs) ? node(entry.name, attrs, args, outs.right) : many(count, refuse(entry.name, outs.left, args))
}
const many = <T>(count: number, x: T): readonly T[] => Array.from({ length: count }, () => x)
export const apply = <A extends Attrs, N extends readonly unknown[]>(
  entry: Entry<A, N>,
  attrs: A,
  ...args: Each<N, Expr> & readonly Expr[]
): Expr => applyAll(entry, attrs, args, 1)[0] as Expr
