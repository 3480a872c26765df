/**
 * The state of `derive` while it writes a derivation: the symbols of the source's values, the names of the
 * expressions seen so far, the tangents and cotangents, and which equations of the result are claimed. It is mutable,
 * and local to one call of `derive`.
 */

import { entryOf } from '../../lang/primitives/index.ts'
import type { Closed, Equation } from '../../lang/syntax/closed.ts'
import type { Expr, Maybe } from '../../lang/syntax/expr.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import type { Opened, Told } from '../../lang/tell.ts'
import type { Derivation, Step } from './derivation.ts'
import { equationsOf, namesOf } from './equations.ts'
import { frenchRules, frenchSentences } from './french.ts'
import type { Local } from './local.ts'
import { type Phrase, phrase, type Said } from './messages.ts'
import { numbering } from './numbering.ts'
import { claims } from './produced.ts'
import { type Names, tuple } from './symbols.ts'
import type { Done } from './transformation.ts'
import type { Formula, Line } from './words.ts'

/** The equations of a program that expressions add, each once. */
const claiming = (p: Closed) => {
  const numberOf = numbering(p)
  const { claim } = claims(p)
  return (es: readonly Maybe[]): readonly number[] => claim(es.map((e) => (e === undefined ? undefined : numberOf(e))))
}
export const ledgerOf = (source: UntypedProgram, { result, point }: Done, told: readonly Told[]) => {
  const p = source.closed
  const opened: Opened | undefined = told.find((e) => e._tag === 'Opened')
  const symbols = namesOf(p)
  const equations = equationsOf(p, symbols)
  const at = new Map(p.equations.map((q, k) => [q.first, k]))
  const names = new Map<Expr, Formula>()
  const numbers = numbering(result.closed)
  const numberOf = (e: Maybe): number | undefined => (e === undefined ? undefined : numbers(e))
  const symbolOf = (value: number): Formula => symbols[value] as Formula
  const waiting: Derivation[] = []
  return {
    p,
    told,
    opened,
    values: (opened?.values ?? []) as readonly Expr[],
    symbols,
    equations,
    symbolOf,
    /** A value that is never used has no name. */
    isNamed: (value: number): boolean => symbolOf(value).text !== '_',
    /** The numbers of constants: they are written where they are used. */
    constants: new Set(
      p.equations.filter((_, k) => equations[k] === undefined).map((q) => q.first),
    ) as ReadonlySet<number>,
    equationAt: (value: number): Equation | undefined => p.equations[at.get(value) ?? -1],
    lineOf: (q: Equation): Line =>
      equations[at.get(q.first) as number] ?? { left: symbolOf(q.first), right: symbolOf(q.first) },
    outsOf: (q: Equation): Formula => tuple(q.outs.map((_, k) => symbolOf(q.first + k))),
    /** The arguments that have a tangent, each once. */
    movers: (q: Equation, moving: readonly boolean[]): readonly Formula[] =>
      [...new Set(q.args.filter((_, i) => moving[i]))].map(symbolOf),

    names: ((e) => names.get(e)) as Names,
    /** An expression keeps its first name. */
    name: (e: Maybe, symbol: Formula): void => {
      if (e !== undefined && !names.has(e)) names.set(e, symbol)
    },
    /** The names, with other names for some expressions. */
    calling:
      (own: readonly (readonly [Maybe, Formula])[]): Names =>
      (e) =>
        own.find(([x]) => x === e)?.[1] ?? names.get(e),

    numberOf,
    /** The equations of the result that these expressions add. */
    claim: claiming(result.closed),
    /** The same for the program that linearisation runs at the point. */
    claimAtPoint: point === undefined ? () => [] : claiming(point.closed),
    primals: [] as (number | undefined)[],
    tangents: [] as Maybe[],
    cotangents: [] as Maybe[],

    /** Keeps the derivation of a program inside the next equation until that equation has its step. */
    wait: (d: Derivation): void => {
      waiting.push(d)
    },
    taken: (): readonly Derivation[] => waiting.splice(0),
  }
}
export type Ledger = ReturnType<typeof ledgerOf>

const aligned = (lines: readonly Line[]): string =>
  `\\begin{aligned}\n${lines.map((l) => `  ${l.left.latex} &= ${l.right.latex}`).join(' \\\\\n')}\n\\end{aligned}`
type Known = Pick<Step, 'action' | 'op' | 'equation' | 'rule' | 'sentence'> & Partial<Step>
/** A step. By default it has no derivative, produces nothing, and holds no programs. */
export const stepOf = (s: Known): Step => {
  const step = { local: [], yields: [], produced: [], producedAtPoint: [], remarks: [], inside: [], ...s }
  return { ...step, latex: aligned([step.equation, ...step.local.map((d) => d.line), ...step.yields]) }
}
/** The sentence of a primitive in every language: English where the French is not written yet. */
export const sentenceOf = (op: string): Said => {
  const { name, sentence } = entryOf(op)
  return { en: sentence, fr: frenchSentences[name] ?? sentence }
}
export const remarksOf = (inside: readonly Derivation[]): readonly Phrase[] =>
  inside.length === 0 ? [] : [phrase('bodies', { count: inside.length })]
/** The rule of differentiation of an equation; `local` is undefined if it got no derivative. */
export const ruleOf = (op: string, local: Local | undefined, inside: readonly Derivation[]): Phrase => {
  const { name, rule } = entryOf(op)
  if (local === undefined) return phrase('ruleNone', { op })
  if (inside.length > 0) return phrase('ruleBody', { op })
  if (rule !== undefined) return phrase('ruleNamed', { name: { en: rule, fr: frenchRules[name] ?? rule } })
  return phrase(local.linear ? 'ruleLinear' : 'ruleChain', { op })
}
