/**
 * What a transformation tells as it works: one event per equation that it treats, with the expressions that it was given
 * and those that it made. Whoever explains a transformation listens; with nobody listening nothing is built, and either
 * way the result is the same program.
 */
import type { Closed, Equation } from './syntax/closed.ts'
import type { Expr, Maybe } from './syntax/expr.ts'

export type Told = Opened | Pushed | Pulled | Batched | Split | Rewritten | Fused | Scheduled | Inside
/** A program as expressions: its values as the transformation sees them, and what its inputs (outputs) were given. */
export interface Opened {
  readonly _tag: 'Opened'
  readonly program: Closed
  readonly values: readonly Expr[]
  /** Tangents of the inputs, forward; cotangents of the outputs, in reverse; absent towards what nobody wants. */
  readonly given: readonly Maybe[]
  /** In reverse: the cotangent of every output's value, which may be an output twice. */
  readonly sums?: readonly Maybe[]
}
/** Forward: from the tangents of the arguments to those of the outputs. */
export interface Pushed {
  readonly _tag: 'Pushed'
  readonly equation: Equation
  readonly given: readonly Maybe[]
  readonly made: readonly Maybe[]
}
/** Reverse: from the cotangents of the outputs to a share for every argument; `sums`: the argument's cotangent so far. */
export interface Pulled {
  readonly _tag: 'Pulled'
  readonly equation: Equation
  readonly given: readonly Maybe[]
  readonly made: readonly Maybe[]
  readonly sums: readonly Maybe[]
}
/** Batching: which arguments have the axis, what the outputs become, and whether these have it. */
export interface Batched {
  readonly _tag: 'Batched'
  readonly equation: Equation
  readonly given: readonly boolean[]
  readonly made: readonly Expr[]
  readonly batched: readonly boolean[]
}
/** Linearisation: an equation of forward mode is computed at the point, or stays in the linear program. */
export interface Split {
  readonly _tag: 'Split'
  readonly equation: Equation
  readonly linear: boolean
  /** Its outputs, over the inputs of the program that computes it. */
  readonly made: readonly Maybe[]
}
/** Simplification: an expression and its better form. */
export interface Rewritten {
  readonly _tag: 'Rewritten'
  readonly law: string
  readonly from: Expr
  readonly to: Expr
}
/** A rewriting of the program as a whole. */
export interface Fused {
  readonly _tag: 'Fused'
  readonly law: string
  readonly from: Closed
  readonly to: Closed
}
/** Scheduling: what becomes of an operation. `value`: the number of its first output in the plan. */
export interface Scheduled {
  readonly _tag: 'Scheduled'
  readonly op: string
  readonly value: number
  readonly as: /** Nothing reads it. */
    | { readonly _tag: 'Nothing' }
    /** Stored, by a kernel of its own. */
    | { readonly _tag: 'Kernel' }
    /** Computed inside the kernels of these values, as often as `evaluations` says; it has `size` elements. */
    | { readonly _tag: 'Joined'; readonly into: readonly number[]; readonly evaluations: number; readonly size: number }
    /** A loop, a branch, a sort: the host runs it. */
    | { readonly _tag: 'Form'; readonly form: string }
}
/** A transformation of a program that an attribute of the next equation holds: not always the same as around it. */
export interface Inside {
  readonly _tag: 'Inside'
  readonly as: 'forward' | 'reverse' | 'batch' | 'simplify'
  readonly from: Closed
  readonly to: Closed
  readonly told: readonly Told[]
}
export type Tell = (event: Told) => void

/** What was told during a computation, and its result, told onward as one event. */
export const within = <T>(
  tell: Tell | undefined,
  as: Inside['as'],
  from: Closed,
  f: (inner: Tell | undefined) => T,
  to: (result: T) => Closed | undefined,
): T => {
  if (tell === undefined) return f(undefined)
  const told: Told[] = []
  const result = f((e) => told.push(e))
  const made = to(result)
  if (made !== undefined) tell({ _tag: 'Inside', as, from, to: made, told })
  return result
}
