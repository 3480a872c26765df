/**
 * A derivation: what a transformation did to a program, step by step, as plain data. It is built from the events that
 * the transformation reports while it works, so its result is the transformation's own.
 *
 * Law: explain(p, t).result = t(p), to the last character of its text
 */
import type { Tensor } from '../../lang/evaluate.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import type { Phrase } from './messages.ts'
import type { Formula, Line } from './words.ts'

export type Kind = 'forward' | 'reverse' | 'gradient' | 'linearize' | 'transpose' | 'batch' | 'simplify' | 'compile'

/** The derivative of an equation with respect to one argument. */
export interface LocalDerivative {
  /** Which argument of the equation. */
  readonly argument: number
  /** A number per index, if the operation works index by index; else a linear map of a tangent or of a cotangent. */
  readonly form: 'partial' | 'map'
  /** The number of the value of the result that is the partial derivative, if there is one. */
  readonly value?: number
  /** dy/dx = cos x, or the map applied: dy = contract(dx, w). */
  readonly line: Line
}
/** What the transformation did with one equation (with one expression, in simplification). */
export interface Step {
  readonly action: 'push' | 'pull' | 'batch' | 'split' | 'rewrite' | 'schedule'
  /** The primitive, by its name in the dictionary; empty for a rewriting of the whole program. */
  readonly op: string
  /** The number of the first value of the equation, in the source program. */
  readonly value?: number
  /** The equation: c = sin b. */
  readonly equation: Line
  /** The name of the rule. */
  readonly rule: Phrase
  readonly local: readonly LocalDerivative[]
  /** The equations produced, under the names of the explanation: a dot for tangents, a bar for cotangents. */
  readonly yields: readonly Line[]
  /**
   * Their positions among the equations of the result; for compile, among the steps of the plan.
   *
   * Law: no position is produced by two steps
   */
  readonly produced: readonly number[]
  /** Of linearize: positions among the equations of `point`. */
  readonly producedAtPoint: readonly number[]
  readonly sentence: Phrase
  readonly remarks: readonly Phrase[]
  /** The equation, its local derivatives and what it yields, in LaTeX, for a math environment. */
  readonly latex: string
  /** The same transformation of the programs that the equation's attributes hold. */
  readonly inside: readonly Derivation[]
}
/** A value of the source: its name, and the numbers of its primal, tangent and cotangent in the result. */
export interface Place {
  readonly name: Formula
  readonly primal?: number
  readonly tangent?: number
  readonly cotangent?: number
}
export interface Derivation {
  readonly kind: Kind
  readonly source: UntypedProgram
  /** The equations of the source, one per equation of `source.closed`; constants are written where they are used. */
  readonly equations: readonly (Line | undefined)[]
  readonly steps: readonly Step[]
  /** One per value of the source. */
  readonly places: readonly Place[]
  readonly result: UntypedProgram
  /** Of linearize: forward mode, whose program it splits. `source` is then that program. */
  readonly before?: Derivation
  /** Of linearize: x -> (f(x), residuals). */
  readonly point?: UntypedProgram
  /** Of compile: the schedule as text. */
  readonly plan?: string
}

/** The point at which numbers are computed. */
export interface EvaluationPoint {
  /** One array per input of the source. */
  readonly at: readonly Tensor[]
  /** Forward: tangents of the inputs that have one; all 1 by default. */
  readonly along?: readonly Tensor[]
  /** Reverse and transpose: cotangents of the real outputs; all 1 by default. */
  readonly from?: readonly Tensor[]
}
/** The numbers that flow through an equation's value, elements in row-major order. */
export interface Flow {
  readonly name: Formula
  readonly value: number
  readonly primal: readonly number[]
  readonly tangent?: readonly number[]
  readonly cotangent?: readonly number[]
  /** The same derivative by finite differences, of the program alone. */
  readonly difference?: readonly number[]
}
