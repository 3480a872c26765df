/** The result of an accuracy check, as plain data; `text.ts` shows it. */
import type { Program } from '../../../lang/syntax/program.ts'
import type { QuantityName } from './quantities.ts'

/** Why bits are lost. */
export type BitLossCause =
  /** Nearly equal numbers are subtracted, perhaps inside a sum or a function: their rounding errors remain. */
  | 'cancellation'
  /** A number on the way is too large for the format, and becomes an infinity. */
  | 'overflow'
  /** A number on the way is too small for the format, and becomes 0 or loses its last bits. */
  | 'underflow'
  /** A function that turns fast reads a large argument that is rounded. */
  | 'argument rounded'
  /** The function's condition number is large: it magnifies the rounding of its argument. */
  | 'ill-conditioned'
  /** NaN from infinities, or from numbers outside the domain. */
  | 'invalid'
  /** The back end's own function is inaccurate. */
  | 'inaccurate function'
  /** The derivative program does not mean the derivative: exact arithmetic gives the wrong number too. */
  | 'wrong derivative'
  /** No equation stands out: small errors add up. */
  | 'rounding'

/** A number beside the exact one, which has as many digits as were asked for. */
export interface Compared {
  readonly exact: string
  readonly computed: number
  readonly bits: number
}
/** Where bits are lost, and why. */
export interface BitLoss {
  readonly cause: BitLossCause
  /** The equation of the program that computes the quantity; of a wrong derivative, the user's one with a wrong rule. */
  readonly equation?: number
  readonly op?: string
  /** The last few equations that lead to it. */
  readonly formula?: string
  readonly args: readonly Compared[]
  readonly result?: Compared
  /** By how much relative errors of an argument may grow there. */
  readonly condition?: number
  /** What to write instead. */
  readonly advice?: string
}
/** The number with the fewest bits right. */
export interface WorstNumber extends Compared {
  /** One array per input. */
  readonly point: readonly { readonly name: string; readonly values: readonly number[] }[]
  readonly element: number
}
/** One quantity of one leaf on one back end, over all points. */
export interface AccuracyRow {
  readonly backend: string
  readonly format: 'float64' | 'float32'
  /** The bits of the format's significand. */
  readonly of: number
  readonly quantity: QuantityName
  /** The output; of a derivative, the input. */
  readonly leaf: string
  /** How many numbers were compared, and of how many all but the last two bits are right. */
  readonly compared: number
  readonly right: number
  /** How many bits are right. */
  readonly median: number
  readonly worst: WorstNumber | undefined
  /** Where the worst number loses its bits, if it loses more than four. */
  readonly loss: BitLoss | undefined
}
/** The result of `checkAccuracy`, as plain data. */
export interface AccuracyReport {
  /** How many digits the exact numbers have. */
  readonly digits: number
  readonly points: number
  /** Numbers without an exact value: outside the domain, infinite, or not found with a thousand digits. */
  readonly unknown: number
  /** Points that a back end of float32 was not given, because float32 cannot hold them. */
  readonly beyond: number
  readonly rows: readonly AccuracyRow[]
  readonly program: Program<unknown, unknown>
}
