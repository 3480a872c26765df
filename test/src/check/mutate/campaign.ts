/**
 * Every mistake of mutations.ts, planted one at a time into the entries of the dictionary and into custom rules. Each is
 * looked for with checkGradients on a small program that uses the operation among others.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { evaluate } from '../../../../lang/evaluate.ts'
import { sum } from '../../../../lang/primitives/broadcast.ts'
import { add, mul, sin, sub } from '../../../../lang/primitives/elementwise.ts'
import type { Entry, Example } from '../../../../lang/primitives/entry.ts'
import { entries } from '../../../../lang/primitives/index.ts'
import { type Closed, closing, inTypes, isClosed, numbered } from '../../../../lang/syntax/closed.ts'
import { type Expr, input, node } from '../../../../lang/syntax/expr.ts'
import type { Attrs, Plain } from '../../../../lang/syntax/plain.ts'
import { isReal, type Type } from '../../../../lang/syntax/shape.ts'
import { checkGradients } from '../../../../src/check/checkGradients.ts'
import type { GradientReport, Suspect } from '../../../../src/check/report.ts'
import { programOf } from '../../../../src/check/suspect.ts'
import { valuesFrom } from '../../../../src/testing/arbitrary/values.ts'
import { differentiation } from '../../../../src/transform/vmap.ts'
import { type Kind, kinds, type Mutation, mutationsOf } from './mutations.ts'
import { type Mode, planted, ruleAt, withEntry } from './plant.ts'

type Interval = readonly [number, number]
/** A mistake, and the program that should reveal it. */
export interface Mutant {
  readonly op: string
  readonly kind: Kind
  readonly what: string
  readonly modes: readonly Mode[]
  readonly host: Closed
  readonly range: Interval
  /** Checks the host while the mistake is there. */
  readonly check: () => E.Either<unknown, GradientReport>
  /** The rule right and wrong, to see whether it is a mistake at all. */
  readonly rules: readonly (readonly [right: Closed, wrong: Closed])[]
  /** The operation alone: the point of a rule is its arguments and its results. */
  readonly alone: Closed
}
/** Undecided: the check reports that it cannot decide, as at a jump. Missed: it reports that the wrong rule is right. */
export type Fate = 'found' | 'refused' | 'equivalent' | 'undecided' | 'missed'
export interface Outcome {
  readonly mutant: Mutant
  readonly fate: Fate
  /** Whether the suspected equation is the planted one. */
  readonly located: boolean
  readonly suspect: string
}

/** x -> sum sin(op(3x/2 - x/2)): the planted equation is neither the first nor the last. */
const hostOf = (op: string, attrs: Attrs, args: readonly Type[], outs: readonly Type[]): Closed | undefined => {
  const made = closing(numbered(args), (xs) => {
    // not with the operation itself: two mistakes could undo each other
    const before = (x: Expr): Expr =>
      (op === 'sub' ? add(mul(x, 0.25), mul(x, 0.75)) : sub(mul(x, 1.5), mul(x, 0.5))) as Expr
    const inner = xs.map((x, i) => (isReal(args[i] as Type) ? before(x) : x))
    const ys = node(op, attrs, inner, outs).filter((_, i) => isReal(outs[i] as Type))
    return [ys.map((y, i) => sum()(sin(mul(y, i + 1) as never)) as Expr).reduce((a, b) => add(a, b) as Expr)]
  })
  return E.isRight(made) ? made.right : undefined
}
const unit: Interval = [-1, 1]
const check = (host: Closed, range: Interval): E.Either<unknown, GradientReport> =>
  checkGradients(programOf(host), { seed: 5, samples: 2, range, coordinates: 6 })

const recursion = differentiation()
const rulesOf = (entry: Entry, example: Example<Attrs>, outs: readonly Type[], mode: Mode): Closed | undefined => {
  const args = example.args.map((t, i) => input(`a${i}`, t))
  const results = outs.map((t, i) => input(`y${i}`, t))
  const ends = mode === 'push' ? example.args : outs
  const given = ends.map((t, i) => (isReal(t) ? input(`t${i}`, t) : undefined))
  return ruleAt(
    entry,
    mode,
    { attrs: example.attrs, args, outs: results, rec: recursion },
    given,
    example.args.map(isReal),
  )
}
const both: readonly (readonly Mode[])[] = [['push', 'pull'], ['push'], ['pull']]

const aloneOf = (op: string, attrs: Attrs, args: readonly Type[], outs: readonly Type[]): Closed => ({
  inputs: numbered(args),
  equations: [{ op, attrs, args: args.map((_, k) => k), outs, first: args.length }],
  outputs: outs.map((_, k) => args.length + k),
})
const ofEntry = (entry: Entry): readonly Mutant[] =>
  entry.examples
    .filter((e) => !e.declared)
    .flatMap((example) => {
      const typed = entry.type(example.attrs, example.args)
      if (E.isLeft(typed) || !typed.right.some(isReal) || !example.args.some(isReal)) return []
      const outs = typed.right
      const host = hostOf(entry.name, example.attrs, example.args, outs)
      const rules = { push: rulesOf(entry, example, outs, 'push'), pull: rulesOf(entry, example, outs, 'pull') }
      const { push, pull } = rules
      if (host === undefined || push === undefined || pull === undefined || push.outputs.length === 0) return []
      const range = example.range ?? unit
      const point = example.args.length + outs.length
      return both.flatMap((modes) => {
        const rule = rules[modes[0] as Mode] as Closed
        return mutationsOf(rule, point).flatMap((m): readonly Mutant[] => {
          const pairs = modes.flatMap((mode) => {
            const right = rules[mode] as Closed
            const wrong = m.mutate(right)
            return wrong === undefined ? [] : [[right, wrong] as const]
          })
          const run = (): E.Either<unknown, GradientReport> =>
            withEntry(planted(entry, modes, m.mutate), () => check(host, range))
          return pairs.length === 0
            ? []
            : [
                {
                  op: entry.name,
                  kind: m.kind,
                  what: m.what,
                  modes,
                  host,
                  range,
                  check: run,
                  rules: pairs,
                  alone: aloneOf(entry.name, example.attrs, example.args, outs),
                },
              ]
        })
      })
    })

/** Custom rules are attributes: the mistake is in the program itself. */
const ofCustomRule = (entry: Entry): readonly Mutant[] =>
  entry.examples.flatMap((example) => {
    const { rule } = example.attrs
    const typed = entry.type(example.attrs, example.args)
    if (!isClosed(rule) || E.isLeft(typed)) return []
    const outs = typed.right
    const mode: Mode = entry.name.endsWith('Vjp') ? 'pull' : 'push'
    return mutationsOf(rule, example.args.length + outs.length).flatMap((m: Mutation): readonly Mutant[] => {
      const wrong = m.mutate(rule)
      const host =
        wrong && hostOf(entry.name, { ...example.attrs, rule: wrong as unknown as Plain }, example.args, outs)
      const range = example.range ?? unit
      return wrong === undefined || host === undefined
        ? []
        : [
            {
              op: entry.name,
              kind: m.kind,
              what: `its rule, ${m.what}`,
              modes: [mode],
              host,
              range,
              check: () => check(host, range),
              rules: [[rule, wrong]],
              alone: aloneOf(entry.name, example.attrs, example.args, outs),
            },
          ]
    })
  })

/** At most `each` of every kind, operation and mode; the same choice every time. */
export const mutants = (each: number): readonly Mutant[] => {
  const taken = new Map<string, number>()
  return [...entries.flatMap(ofEntry), ...entries.flatMap(ofCustomRule)].filter((m) => {
    const group = `${m.op} ${m.kind} ${m.modes.join()} ${m.what.startsWith('its rule')}`
    const n = taken.get(group) ?? 0
    taken.set(group, n + 1)
    return n < each
  })
}

const deepest = (s: Suspect): Suspect => (s.within === undefined ? s : deepest(s.within.suspect))
const close = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= 1e-9 * (Math.abs(a) + Math.abs(b))
/** Whether the wrong rule gives the results of the right one, at many points. */
const isEquivalent = ({ rules, range, alone }: Mutant): boolean =>
  rules.every(([right, wrong]) =>
    Array.from({ length: 20 }, (_, seed) => {
      const args = valuesFrom(seed, inTypes(alone), range)
      const point = [...args, ...evaluate(alone, args)]
      return [...point, ...valuesFrom(seed + 1000, inTypes(right).slice(point.length))]
    }).every((x) => {
      const b = evaluate(wrong, x)
      return evaluate(right, x).every((y, o) => y.every((v, i) => close(v, b[o]?.[i] as number)))
    }),
  )
export const judge = (mutant: Mutant): Outcome => {
  const report = pipe(
    E.tryCatch(mutant.check, (e) => e),
    E.flatten,
  )
  if (E.isLeft(report))
    return {
      mutant,
      fate: 'refused',
      located: true,
      suspect: report.left instanceof Error ? (report.left.message.split('\n')[0] ?? '') : 'a diagnostic',
    }
  const { verdict, suspect } = report.right
  if (verdict === 'wrong') {
    const ops = suspect === undefined ? [] : [...suspect.ops, ...deepest(suspect).ops]
    return { mutant, fate: 'found', located: ops.includes(mutant.op), suspect: ops.join(', ') || 'none' }
  }
  const fate = isEquivalent(mutant) ? 'equivalent' : verdict === 'correct' ? 'missed' : 'undecided'
  return { mutant, fate, located: false, suspect: verdict }
}
export interface Row {
  readonly kind: Kind
  readonly planted: number
  readonly found: number
  readonly refused: number
  readonly equivalent: number
  readonly undecided: number
  readonly missed: number
  readonly located: number
}
export const tabulate = (outcomes: readonly Outcome[]): readonly Row[] =>
  kinds.map((kind) => {
    const here = outcomes.filter((o) => o.mutant.kind === kind)
    const count = (fate: Fate): number => here.filter((o) => o.fate === fate).length
    return {
      kind,
      planted: here.length,
      found: count('found'),
      refused: count('refused'),
      equivalent: count('equivalent'),
      undecided: count('undecided'),
      missed: count('missed'),
      located: here.filter((o) => o.fate === 'found' && o.located).length,
    }
  })
export const describe = ({ mutant, suspect }: Outcome): string =>
  `${mutant.op} (${mutant.modes.join(', ')}): ${mutant.what}; ${suspect}`
