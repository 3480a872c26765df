/**
 * A program with a derivative that its author declares.
 *
 *   customJvp   body x -> y      rule (x, y, dx) -> dy      linear in dx: how tangents go forward
 *   customVjp   body x -> y      rule (x, y, ct) -> x~      linear in ct: how cotangents go back
 *
 * One map serves both modes. The rule is linear in its last inputs, so its own forward derivative in them is the rule
 * itself, without the tangents that are absent, and its reverse derivative in them is its transpose: the first pushes a
 * customJvp and pulls a customVjp, the second does the other half. Either must not mention where it was taken; if it
 * does, the rule is not linear. (A constant added to a linear rule goes unseen, and is ignored.) Higher derivatives are
 * those of the rule's own equations; y in a rule is the operation itself, so it is differentiated by the rule again.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { ill } from '../syntax/error.ts'
import type { Expr, Maybe } from '../syntax/expr.ts'
import type { Plain } from '../syntax/plain.ts'
import { isReal, real, sameTypes, type Type } from '../syntax/shape.ts'
import { asClosed, asPlain, leading, refusals, signature } from './bodies.ts'
import { sum } from './broadcast.ts'
import { add, exp, mul } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, type Recursion, refuse, type Words } from './entry.ts'
import { marked, present, spread, zero } from './structuralZeros.ts'

export type Ruled = { readonly body: Plain; readonly rule: Plain }
type Way = 'jvp' | 'vjp'

const count = (types: readonly Type[]): number => types.filter(isReal).length
/** What a rule is a map from and to, beside its point. */
const ends = (way: Way, ins: readonly Type[], outs: readonly Type[]) => {
  const [from, to] = way === 'jvp' ? [ins, outs] : [outs, ins]
  return { from: from.filter(isReal), to: to.filter(isReal) }
}
/** The names of the inputs from number `from` to number `to` that a derivative of a rule mentions: none if it is linear. */
export const notLinearIn = (p: Closed, from: number, to: number): readonly string[] => {
  const used = new Set([...p.equations.flatMap((q) => q.args), ...p.outputs])
  return p.inputs.slice(from, to).flatMap((i, k) => (used.has(from + k) ? [i.name] : []))
}

/** A rule as a linear map: along it, and along its transpose. */
const along = (name: string, rule: Closed, point: readonly Expr[], rec: Recursion) => {
  const n = point.length, moved = rule.inputs.slice(n), here = [...point, ...moved.map((i) => zero(i.type))], fixed = point.map(() => false)
  const run = (p: Closed, more: readonly Expr[]): readonly Expr[] | undefined => (notLinearIn(p, n, rule.inputs.length).length > 0 ? undefined : inline(p, [...here, ...more]))
  const refused = (p: Closed): Expr => refuse(name, { _tag: 'NotLinear', inputs: notLinearIn(p, n, rule.inputs.length) }, point)
  return {
    straight: (ts: readonly Maybe[]): readonly Maybe[] => {
      const { body, active } = rec.jvp(rule, [...fixed, ...ts.map((t) => t !== undefined)])
      const outs = run(body, present(ts))
      return active.map((on, i) => (on ? (outs === undefined ? refused(body) : outs[i]) : undefined))
    },
    transposed: (cts: readonly Maybe[], wanted: readonly boolean[]): readonly Maybe[] => {
      const read = leading(rule), on = wanted.map((w, i) => w && (read[n + i] as boolean))
      const back = rec.vjp(rule, [...fixed, ...on], cts.map((c) => c !== undefined))
      if (E.isLeft(back)) return refusals(on, back.left)
      const outs = run(back.right, present(cts))
      return outs === undefined ? on.map((w) => (w ? refused(back.right) : undefined)) : spread(on, outs)
    },
  }
}
/** The items at real places, and a list of items back at the real places. */
const onlyReal = <T>(types: readonly Type[], items: readonly T[]): readonly T[] => marked(types.map(isReal), items)
const atReal = (types: readonly Type[], items: readonly Maybe[]): readonly Maybe[] => spread(types.map(isReal), items)

const custom = (name: string, way: Way, sentence: Words, demo: Ruled): Entry<Ruled> => {
  const run = (body: Closed, rule: Closed, args: readonly Expr[]): readonly Expr[] =>
    applyAll(entry, { body: asPlain(body), rule: asPlain(rule) }, args, body.outputs.length)
  const entry: Entry<Ruled> = {
    name, latex: `\\mathrm{${name}}`, sentence, algebra: {},
    examples: [{ attrs: demo, args: [real(2), real(2)], range: [0.3, 1] }],
    type: ({ body, rule }, args) => {
      const { ins, outs } = signature(body), r = signature(rule), { from, to } = ends(way, ins, outs)
      if (!sameTypes(ins, args)) return ill({ _tag: 'BodyMismatch', what: 'the arguments are not the inputs of the program', expected: ins, found: args })
      if (!sameTypes(r.ins, [...ins, ...outs, ...from])) return ill({ _tag: 'BodyMismatch', what: 'the inputs of the rule', expected: [...ins, ...outs, ...from], found: r.ins })
      return sameTypes(r.outs, to) ? E.right(outs) : ill({ _tag: 'BodyMismatch', what: 'what the rule gives', expected: to, found: r.outs })
    },
    derivative: ({ rule }, args, outs, rec): JointMap => {
      const map = along(name, asClosed(rule), [...args, ...outs], rec), ins = args.map((x) => x.type), results = outs.map((y) => y.type)
      const reals = (types: readonly Type[]): readonly boolean[] => Array.from({ length: count(types) }, () => true)
      return {
        push: (ts) => atReal(results, way === 'jvp' ? map.straight(onlyReal(ins, ts)) : map.transposed(onlyReal(ins, ts), reals(results))),
        pull: (cts, wanted) => {
          const given = onlyReal(results, cts), on = onlyReal(ins, wanted)
          const back = way === 'jvp' ? map.transposed(given, on) : map.straight(given).map((c, i) => (on[i] ? c : undefined))
          return atReal(ins, back)
        },
      }
    },
    // an argument without the axis keeps its shape, and so do its tangent and its cotangent
    batch: {
      rule: ({ body, rule }, args, batched, rec) => {
        const { ins, outs } = signature(body), own = onlyReal(ins, batched), every = outs.map(() => true)
        const marks = [...batched, ...every, ...(way === 'jvp' ? own : every.slice(0, count(outs)))]
        const mapped = rec.vmap(asClosed(rule), marks)
        const shared = way === 'jvp' ? mapped : closeOver(mapped.inputs, (v) => inline(mapped, v).map((c, i) => (own[i] ? c : sum(0)(c))))
        const results = run(rec.vmap(asClosed(body), batched), shared, args)
        return { outs: results, batched: results.map(() => true) }
      },
    },
    meaning: ({ body }) => ({ _tag: 'Inline', body: asClosed(body) }),
  }
  return entry
}

const r2 = real(2), e = (x: Expr | undefined): Expr => x as Expr
/** y = x exp(k) */
const body = asPlain(closeOver(numbered([r2, r2]), ([x, k]) => [mul(e(x), exp(e(k)))]))
export const customJvpEntry = custom('customJvp', 'jvp', { en: 'runs a program whose forward derivative is declared', fr: 'exécute un programme dont la dérivée directe est déclarée' }, {
  body,
  // dy = exp(k) dx + y dk
  rule: asPlain(closeOver(numbered([r2, r2, r2, r2, r2]), ([, k, y, dx, dk]) => [add(mul(exp(e(k)), e(dx)), mul(e(y), e(dk)))])),
})
export const customVjpEntry = custom('customVjp', 'vjp', { en: 'runs a program whose reverse derivative is declared', fr: 'exécute un programme dont la dérivée inverse est déclarée' }, {
  body,
  rule: asPlain(closeOver(numbered([r2, r2, r2, r2]), ([, k, y, ct]) => [mul(exp(e(k)), e(ct)), mul(e(y), e(ct))])),
})
type Make = (body: Closed, rule: Closed) => (...args: readonly Expr[]) => readonly Expr[]
const make = (entry: Entry<Ruled>): Make => (f, rule) => (...args) => applyAll(entry, { body: asPlain(f), rule: asPlain(rule) }, args, f.outputs.length)
/** The low-level forms, over closed programs. */
export const customJvpClosed = make(customJvpEntry)
export const customVjpClosed = make(customVjpEntry)

export const customs: readonly Entry[] = [customJvpEntry, customVjpEntry]
