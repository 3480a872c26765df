/** What is known while a text is made into a program, and what was found wrong with it. */

import { nearest } from '../nearest.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, poison } from '../syntax/expr.ts'
import { sameType, type Type } from '../syntax/shape.ts'
import type { Literal } from './operands.ts'
import { type Flaw, flaw, type ParseProblem } from './parseError.ts'
import type { Offset, ProgramTerm } from './syntax.ts'

export interface Scope {
  readonly names: Map<string, Expr>
  readonly flaws: Flaw[]
  /** What a name means that nothing binds: in a formula, an input. */
  readonly free?: (name: string) => Expr
  /** A program in an attribute; nothing where it is wrong. */
  readonly body: (fn: ProgramTerm) => Closed | undefined
}
/** A number has no type until it meets what it is used with. */
export type TermValue = Expr | Literal
export const isLiteral = (x: TermValue): x is Literal => typeof x !== 'object'

/** Stands for what is wrong, and has been reported. */
export const spoilt: Expr = poison([], [])
export const isSpoilt = (x: TermValue): boolean => x === spoilt
/** Enough to read; and a text that is wrong everywhere stays cheap. */
const most = 50
export const report = (scope: Scope, at: Offset, problem: ParseProblem): Expr => {
  if (scope.flaws.length < most) scope.flaws.push(flaw(at, problem))
  return spoilt
}
/** The known word that was perhaps meant. */
export const suggestion = (scope: Scope, word: string, known: Iterable<string>): { readonly suggestion?: string } => {
  const near = scope.flaws.length < most ? nearest(word, known) : undefined
  return near === undefined ? {} : { suggestion: near }
}
export const illTyped = (scope: Scope, at: Offset, op: string, problem: Problem, types: readonly Type[] = []): Expr =>
  report(scope, at, { _tag: 'IllTyped', diagnostic: { problem, op, types, site: 'text' } })
/** The same expression, of the type that is stated. */
export const agreeing = (scope: Scope, at: Offset, op: string, stated: Type, x: Expr): Expr =>
  isSpoilt(x) || sameType(stated, x.type)
    ? x
    : illTyped(scope, at, op, { _tag: 'StatedType', stated: [stated], derived: [x.type] })
/** Whether a key occurs twice. */
export const repeated = (scope: Scope, entries: readonly (readonly [string, unknown])[], at: Offset): boolean => {
  const seen = new Set<string>()
  const twice = entries.find(([k]) => seen.size === seen.add(k).size)
  if (twice !== undefined) report(scope, at, { _tag: 'BoundTwice', name: twice[0] })
  return twice !== undefined
}
