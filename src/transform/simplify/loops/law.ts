/**
 * A law of loops: an equation between a program with a loop and one whose loop does less. It holds for every float, as
 * the laws of the table do (../rule.ts). It applies where it saves more than it costs, both counted in numbers that are
 * read or written.
 */
import { scanClosed } from '../../../../lang/primitives/scan.ts'
import type { Closed, Equation } from '../../../../lang/syntax/closed.ts'
import type { Expr, Maybe } from '../../../../lang/syntax/expr.ts'
import { type Body, bodyOf, type Dependence } from './body.ts'
import type { ScanEquation } from './scanEquation.ts'

type Exprs = readonly Expr[]
/** A loop where it stands in a program. */
export interface LoopInPlace {
  readonly equation: Equation
  /** Which outputs the program reads. */
  readonly read: readonly boolean[]
  /** Which arguments are 0 everywhere. */
  readonly zero: readonly boolean[]
  /** Numbers that the program holds for the loop: its arguments, and the outputs that are read. */
  readonly held: number
}
export interface LoopLaw {
  readonly law: string
  /** The outputs from the arguments, another way; absent where nothing reads them. Undefined if it does not apply. */
  readonly rewrite: (loop: LoopInPlace) => ((args: Exprs) => readonly Maybe[]) | undefined
}

/** Numbers for one step of a loop: what a rewrite saves, and what it stores for every step. */
export interface Exchange {
  /** Numbers that are no longer read or written in every step. */
  readonly saved: number
  /** Numbers stored for every step, which are written once and read once. */
  readonly stacked: number
  /** Numbers of views of these for every step. Back ends store none; the reference does. */
  readonly shown: number
}
export const nothing: Exchange = { saved: 0, stacked: 0, shown: 0 }
/** This many numbers may be stored however little the loop holds: 4 MB in float32. */
const spare = 1 << 20
/** Whether it pays to do more: fewer numbers move, and all that is stored is not more than the loop holds already. */
export const isWorth = (before: Exchange, after: Exchange, length: number, held: number): boolean =>
  after.saved - before.saved > 2 * (after.stacked - before.stacked) &&
  !holdsMore(after.stacked + after.shown, length, held)
/** Whether so many numbers for every step are more than the loop holds already. */
export const holdsMore = (stacked: number, length: number, held: number): boolean => length * stacked > held + spare

/** The body of a scan, with the kinds of its values. */
export const scanBody = ({ body, carries, rows, constants }: ScanEquation): Body => {
  const each = (kind: Dependence, xs: readonly number[]): readonly Dependence[] => xs.map(() => kind)
  return bodyOf(body, [...each('carried', carries), ...each('row', rows), ...each('constant', constants)])
}
/** The inputs of a scan's body, by kind. */
export const inputsOf = ({ carries, rows, constants }: ScanEquation) => {
  const from = (start: number, xs: readonly number[]): readonly number[] => xs.map((_, k) => start + k)
  return {
    carries: from(0, carries),
    rows: from(carries.length, rows),
    constants: from(carries.length + rows.length, constants),
  }
}
/** The same scan over another body. */
export const runScan = ({ attrs }: ScanEquation, body: Closed, carries: Exprs, rows: Exprs, constants: Exprs): Exprs =>
  scanClosed(attrs.length, attrs.reverse, body)(carries, rows, constants)
