/**
 * A program with a derivative that its author declares.
 *
 *   customJvp   body x, k -> y      rule (x, k, y, dx) -> dy      linear in dx: how tangents go forward
 *   customVjp   body x, k -> y      rule (x, k, y, ct) -> x~      linear in ct: how cotangents go back
 *
 * One map serves both modes. A rule is linear in its last inputs. So its forward derivative in them is the rule
 * itself, without the tangents that are absent, and its reverse derivative in them is its transpose. A customJvp
 * pushes by the first and pulls by the second; a customVjp does the opposite. Neither derivative may mention the
 * point at which it was taken: if one does, the rule is not linear. Higher derivatives are those of the rule's own
 * equations. In a rule y is the operation itself, so the rule differentiates it again.
 *
 * k is what body and rule capture: the last `captured` inputs. The rule says nothing about them, so their derivative
 * is that of the body. With `linear: false` the rule need not be linear: its own mode runs it as it is, and the other
 * mode is refused.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline } from '../syntax/closed.ts'
import { invalid } from '../syntax/error.ts'
import type { Expr, Maybe } from '../syntax/expr.ts'
import { isReal, real, sameTypes, type Type } from '../syntax/shape.ts'
import { bodiesMap, leading, mismatch, programOf, refusals, signature } from './bodies.ts'
import { sum } from './broadcast.ts'
import { add, exp, mul } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, type Recursion, refuse } from './entry.ts'
import { marked, present, spread, zero } from './structuralZeros.ts'

type Ruled = {
  readonly body: Closed
  readonly rule: Closed
  /** How many of the last inputs are captured. Default: 0. */
  readonly captured?: number
  readonly linear?: boolean
}
/** What a rule carries: tangents forward, or cotangents back. */
type Direction = 'jvp' | 'vjp'

/** The types a rule maps from and to, apart from its point. */
const ends = (direction: Direction, ins: readonly Type[], outs: readonly Type[]) => {
  const [from, to] = direction === 'jvp' ? [ins, outs] : [outs, ins]
  return { from: from.filter(isReal), to: to.filter(isReal) }
}
/** The names of inputs `from` to `to` that the derivative of a rule mentions: none if the rule is linear. */
export const notLinearIn = (p: Closed, from: number, to: number): readonly string[] => {
  const used = new Set([...p.equations.flatMap((q) => q.args), ...p.outputs])
  return p.inputs.slice(from, to).flatMap((i, k) => (used.has(from + k) ? [i.name] : []))
}

/** What a rule that is not linear does: its own mode is the rule, and the other one is refused. */
const oneWay = (name: string, direction: Direction, rule: Closed, point: readonly Expr[]) => {
  const last = rule.inputs.slice(point.length)
  const mode = direction === 'jvp' ? 'reverse' : 'forward'
  return {
    forward: (ts: readonly Maybe[]): readonly Maybe[] =>
      inline(rule, [...point, ...last.map((i, k) => ts[k] ?? zero(i.type))]),
    transposed: (_: readonly Maybe[], wanted: readonly boolean[]): readonly Maybe[] => {
      const refused = refuse(name, { _tag: 'OneWay', mode }, point)
      return wanted.map((w) => (w ? refused : undefined))
    },
  }
}
/** A rule as a linear map at a point, and its transpose. */
const ruleMap = (name: string, rule: Closed, point: readonly Expr[], rec: Recursion) => {
  const n = point.length
  const last = rule.inputs.slice(n)
  const here = [...point, ...last.map((i) => zero(i.type))]
  const fixed = point.map(() => false)
  const mentioned = (p: Closed): readonly string[] => notLinearIn(p, n, rule.inputs.length)
  /** Undefined if the rule is not linear. */
  const run = (p: Closed, more: readonly Expr[]): readonly Expr[] | undefined =>
    mentioned(p).length > 0 ? undefined : inline(p, [...here, ...more])
  const refused = (p: Closed): Expr => refuse(name, { _tag: 'NotLinear', inputs: mentioned(p) }, point)
  return {
    forward: (ts: readonly Maybe[]): readonly Maybe[] => {
      const { body, active } = rec.jvp(rule, [...fixed, ...ts.map((t) => t !== undefined)])
      const outs = run(body, present(ts))
      return active.map((on, i) => {
        if (!on) return undefined
        return outs === undefined ? refused(body) : outs[i]
      })
    },
    transposed: (cts: readonly Maybe[], wanted: readonly boolean[]): readonly Maybe[] => {
      const read = leading(rule)
      const on = wanted.map((w, i) => w && read[n + i] === true)
      const back = rec.vjp(
        rule,
        [...fixed, ...on],
        cts.map((c) => c !== undefined),
      )
      if (E.isLeft(back)) return refusals(on, back.left)
      const outs = run(back.right, present(cts))
      return outs === undefined ? on.map((w) => (w ? refused(back.right) : undefined)) : spread(on, outs)
    },
  }
}
/** The items whose types are real; and such a list with the others absent again. */
const onlyReal = <T>(types: readonly Type[], items: readonly T[]): readonly T[] => marked(types.map(isReal), items)
const atReal = (types: readonly Type[], items: readonly Maybe[]): readonly Maybe[] => spread(types.map(isReal), items)

const custom = <Name extends string>(
  name: Name,
  direction: Direction,
  sentence: string,
  demo: Ruled,
): Entry<Ruled, readonly unknown[], Name> => {
  const run = (a: Ruled, args: readonly Expr[]): readonly Expr[] => applyAll(entry, a, args, a.body.outputs.length)
  const declaredIn = <T>({ body, captured = 0 }: Ruled, inputs: readonly T[]): readonly T[] =>
    inputs.slice(0, body.inputs.length - captured)
  const entry: Entry<Ruled, readonly unknown[], Name> = {
    name,
    sentence,
    latex: `\\mathrm{${name}}`,
    algebra: {},
    examples: [demo, { ...demo, captured: 1, linear: true, rule: capturing }].map((attrs) => ({
      attrs,
      args: [real(2), real(2)],
      range: [0.3, 1],
    })),
    type: (a, args) => {
      const { ins, outs } = signature(a.body)
      const declared = signature(a.rule)
      const { captured = 0 } = a
      if (!Number.isInteger(captured) || captured < 0 || captured > ins.length)
        return invalid('captured', `is ${captured}, not a number of inputs of the program`)
      const { from, to } = ends(direction, declaredIn(a, ins), outs)
      const expected = [...ins, ...outs, ...from]
      if (!sameTypes(ins, args)) return mismatch('the arguments are not the inputs of the program', ins, args)
      if (!sameTypes(declared.ins, expected)) return mismatch('the inputs of the rule', expected, declared.ins)
      return sameTypes(declared.outs, to) ? E.right(outs) : mismatch('what the rule gives', to, declared.outs)
    },
    derivative: (a, args, outs, rec): JointMap => {
      const point = [...args, ...outs]
      const map = a.linear === false ? oneWay(name, direction, a.rule, point) : ruleMap(name, a.rule, point, rec)
      const [ins, results] = [declaredIn(a, args).map((x) => x.type), outs.map((y) => y.type)]
      const declared: JointMap = {
        push: (ts) => {
          const moved = onlyReal(ins, ts)
          return atReal(results, direction === 'jvp' ? map.forward(moved) : map.transposed(moved, reals(results)))
        },
        pull: (cts, wanted) => {
          const [given, on] = [onlyReal(results, cts), onlyReal(ins, wanted)]
          if (direction === 'jvp') return atReal(ins, map.transposed(given, on))
          return atReal(
            ins,
            map.forward(given).map((c, i) => (on[i] ? c : undefined)),
          )
        },
      }
      return (a.captured ?? 0) === 0 ? declared : together(declared, bodyMap(a.body, args, rec), ins.length)
    },
    // an argument without the batch axis keeps its shape, and so do its tangent and its cotangent
    batch: {
      rule: (a, args, batched, rec) => {
        const { ins, outs } = signature(a.body)
        const own = onlyReal(declaredIn(a, ins), batched)
        const every = outs.map(() => true)
        const marks = [...batched, ...every, ...(direction === 'jvp' ? own : reals(outs))]
        const mapped = rec.vmap(a.rule, marks)
        const summed = (v: readonly Expr[]) => inline(mapped, v).map((c, i) => (own[i] ? c : sum(0)(c)))
        const rule = direction === 'jvp' ? mapped : closeOver(mapped.inputs, summed)
        return { outs: run({ ...a, body: rec.vmap(a.body, batched), rule }, args), batched: every }
      },
    },
    meaning: ({ body }) => ({ _tag: 'Inline', body }),
  }
  return entry
}
/** The derivative of a body itself. */
const bodyMap = (body: Closed, args: readonly Expr[], rec: Recursion): JointMap =>
  bodiesMap([body], 0, args, rec, ([b], xs) => (b === undefined ? [] : inline(b, xs)))
/** A map in the first n arguments and another one in the rest. */
const together = (first: JointMap, rest: JointMap, n: number): JointMap => {
  const only = <T>(from: number, to: number, all: readonly (T | undefined)[]): readonly (T | undefined)[] =>
    all.map((x, i) => (from <= i && i < to ? x : undefined))
  return {
    push: (ts) => {
      const moves = (list: readonly Maybe[]): boolean => list.some((t) => t !== undefined)
      const [mine, theirs] = [ts.slice(0, n), only(n, ts.length, ts)]
      const a = moves(mine) ? first.push(mine) : []
      const b = moves(theirs) ? rest.push(theirs) : []
      return Array.from({ length: Math.max(a.length, b.length) }, (_, k) => plus(a[k], b[k]))
    },
    pull: (cts, wanted) => {
      const mine = wanted.slice(0, n)
      const a = mine.some(Boolean) ? first.pull(cts, mine) : []
      const theirs = wanted.map((w, i) => i >= n && w)
      const b = theirs.some(Boolean) ? rest.pull(cts, theirs) : []
      return wanted.map((_, i) => (i < n ? a[i] : b[i]))
    },
  }
}
const plus = (x: Maybe, y: Maybe): Maybe => (x && y ? add(x, y) : (x ?? y))
/** A mark for each type that is real. */
const reals = (types: readonly Type[]): readonly boolean[] => types.filter(isReal).map(() => true)

const r2 = real(2)
/** y = x exp(k) */
const body = programOf([r2, r2], (x, k) => [mul(x, exp(k))])
/** Its rule in x alone, where k is captured: forward and in reverse. */
const capturing = programOf([r2, r2, r2, r2], (_, k, _y, d) => [mul(exp(k), d)])
const customJvpEntry = custom('customJvp', 'jvp', 'runs a program whose forward derivative is declared', {
  body,
  // dy = exp(k) dx + y dk
  rule: programOf([r2, r2, r2, r2, r2], (_, k, y, dx, dk) => [add(mul(exp(k), dx), mul(y, dk))]),
})
const customVjpEntry = custom('customVjp', 'vjp', 'runs a program whose reverse derivative is declared', {
  body,
  rule: programOf([r2, r2, r2, r2], (_, k, y, ct) => [mul(exp(k), ct), mul(y, ct)]),
})
const closed =
  (entry: Entry<Ruled>) =>
  (body: Closed, rule: Closed, options: Omit<Ruled, 'body' | 'rule'> = {}) =>
  (...args: readonly Expr[]): readonly Expr[] =>
    applyAll(entry, { body, rule, ...options }, args, body.outputs.length)
/** Runs a program whose forward derivative is declared. The low-level form, over closed programs. */
export const customJvpClosed = closed(customJvpEntry)
/** Runs a program whose reverse derivative is declared. The low-level form, over closed programs. */
export const customVjpClosed = closed(customVjpEntry)

export const customs = [customJvpEntry, customVjpEntry] as const
