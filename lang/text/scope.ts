/** The names that are known while a text becomes a program, and the errors found in it so far. */

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
  /** The meaning of a name that nothing binds: in a formula, an input. */
  readonly free?: (name: string) => Expr
  /** A program in an attribute; undefined where it has errors. */
  readonly body: (fn: ProgramTerm) => Closed | undefined
}
/** The value of a term. A literal has no type until it is an argument beside others, whose type it takes. */
export type TermValue = Expr | Literal
export const isLiteral = (x: TermValue): x is Literal => typeof x !== 'object'

/** The value of a term whose error has been reported. */
export const spoilt: Expr = poison([], [])
export const isSpoilt = (x: TermValue): boolean => x === spoilt
/** More errors than these are not kept, so that a text that is wrong everywhere costs little time. */
const most = 50
/** Notes an error; its value is `spoilt`. */
export const report = (scope: Scope, at: Offset, problem: ParseProblem): Expr => {
  if (scope.flaws.length < most) scope.flaws.push(flaw(at, problem))
  return spoilt
}
/** The known word nearest to a misspelt one, where there is one. */
export const suggestion = (scope: Scope, word: string, known: Iterable<string>): { readonly suggestion?: string } => {
  const near = scope.flaws.length < most ? nearest(word, known) : undefined
  return near === undefined ? {} : { suggestion: near }
}
/** Notes the error of a typing rule. */
export const illTyped = (scope: Scope, at: Offset, op: string, problem: Problem, types: readonly Type[] = []): Expr =>
  report(scope, at, { _tag: 'IllTyped', diagnostic: { problem, op, types, site: 'text' } })
/** The expression; an error where its type is not the stated one. */
export const agreeing = (scope: Scope, at: Offset, op: string, stated: Type, x: Expr): Expr =>
  isSpoilt(x) || sameType(stated, x.type)
    ? x
    : illTyped(scope, at, op, { _tag: 'StatedType', stated: [stated], derived: [x.type] })
/** Whether a key occurs twice, which is an error. */
export const repeated = (scope: Scope, entries: readonly (readonly [string, unknown])[], at: Offset): boolean => {
  const seen = new Set<string>()
  const twice = entries.find(([k]) => seen.size === seen.add(k).size)
  if (twice !== undefined) report(scope, at, { _tag: 'BoundTwice', name: twice[0] })
  return twice !== undefined
}
