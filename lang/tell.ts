/**
 * The events that a transformation reports while it works: one per equation that it treats, with the expressions that
 * it was given and those that it built. Explanations are written from these events. Without a listener no event is
 * built. The resulting program is the same with and without one.
 */
import type { Closed, Equation } from './syntax/closed.ts'
import type { Expr, Maybe } from './syntax/expr.ts'

export type Told = Opened | Pushed | Pulled | Batched | Split | Rewritten | Fused | Scheduled | Inside
/**
 * The start of a transformation: the values of the program as expressions, and the tangents or cotangents it starts
 * from.
 */
export interface Opened {
  readonly _tag: 'Opened'
  readonly program: Closed
  readonly values: readonly Expr[]
  /** Forward: the tangents of the inputs. Reverse: the cotangents of the outputs. Undefined for those not requested. */
  readonly given: readonly Maybe[]
  /** Reverse: the cotangent of the value of every output, summed where a value is an output twice. */
  readonly sums?: readonly Maybe[]
}
/** Forward: from the tangents of the arguments to the tangents of the outputs. */
export interface Pushed {
  readonly _tag: 'Pushed'
  readonly equation: Equation
  readonly given: readonly Maybe[]
  readonly made: readonly Maybe[]
}
/**
 * Reverse: from the cotangents of the outputs to a term for every argument; `sums`: the argument's cotangent so far.
 */
export interface Pulled {
  readonly _tag: 'Pulled'
  readonly equation: Equation
  readonly given: readonly Maybe[]
  readonly made: readonly Maybe[]
  readonly sums: readonly Maybe[]
}
/** Batching: which arguments have the new axis, the new outputs, and which of these have the axis. */
export interface Batched {
  readonly _tag: 'Batched'
  readonly equation: Equation
  readonly given: readonly boolean[]
  readonly made: readonly Expr[]
  readonly batched: readonly boolean[]
}
/** Linearisation: an equation of forward mode goes to the program of the point, or to the linear program. */
export interface Split {
  readonly _tag: 'Split'
  readonly equation: Equation
  readonly linear: boolean
  /** Its outputs, as expressions of the inputs of the program that computes it. */
  readonly made: readonly Maybe[]
}
/** Simplification: an expression, its simpler form, and the law that was applied. */
export interface Rewritten {
  readonly _tag: 'Rewritten'
  readonly law: string
  readonly from: Expr
  readonly to: Expr
}
/** Simplification: a law that rewrites the program as a whole. */
export interface Fused {
  readonly _tag: 'Fused'
  readonly law: string
  readonly from: Closed
  readonly to: Closed
}
/** Scheduling: how an operation is executed. `value`: the number of its first output in the plan. */
export interface Scheduled {
  readonly _tag: 'Scheduled'
  readonly op: string
  readonly value: number
  readonly as: /** Not at all: no output depends on it. */
    | { readonly _tag: 'Nothing' }
    /** By a kernel of its own, which stores it. */
    | { readonly _tag: 'Kernel' }
    /** Inside the kernels of these values. `evaluations`: how often its `size` elements are computed in total. */
    | { readonly _tag: 'Joined'; readonly into: readonly number[]; readonly evaluations: number; readonly size: number }
    /** By the host: a loop, a branch or a sort. */
    | { readonly _tag: 'Form'; readonly form: string }
}
/** The transformation of a program in an attribute of the next equation; its kind may differ from the outer one. */
interface Inside {
  readonly _tag: 'Inside'
  readonly as: 'forward' | 'reverse' | 'batch' | 'simplify'
  readonly from: Closed
  readonly to: Closed
  readonly told: readonly Told[]
}
/** A listener to events. */
export type Tell = (event: Told) => void

/** Collects the events of a computation and reports them, with its result, as one event `Inside`. */
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
