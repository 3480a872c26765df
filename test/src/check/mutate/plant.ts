/**
 * A wrong rule in the dictionary, for the time of one check. Entries are data found by name, so a planted one is seen by
 * every transformation, as a wrong one in its file would be.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { Derivative, Entry, JointMap, Recursion } from '../../../../lang/primitives/entry.ts'
import { dictionary } from '../../../../lang/primitives/index.ts'
import { type Closed, closing, inline, numbered } from '../../../../lang/syntax/closed.ts'
import type { Expr, Maybe } from '../../../../lang/syntax/expr.ts'
import type { Attrs } from '../../../../lang/syntax/plain.ts'
import { plus } from '../../../../src/transform/linear.ts'

export type Mode = 'push' | 'pull'
const isJoint = (d: Derivative): d is JointMap => !Array.isArray(d)
const joint = (d: Derivative): JointMap =>
  isJoint(d)
    ? d
    : {
        push: (ts) => [d.map((m, i) => (m && ts[i] ? m.push(ts[i]) : undefined)).reduce(plus, undefined)],
        pull: ([ct], wanted) => d.map((m, i) => (m && ct && wanted[i] ? m.pull(ct) : undefined)),
      }
/** A map as a program of the point and of those tangents or cotangents that are present. */
interface Rule {
  readonly closed: Closed
  /** Which results it gives. */
  readonly marks: readonly boolean[]
}
type Point = {
  readonly attrs: Attrs
  readonly args: readonly Expr[]
  readonly outs: readonly Expr[]
  readonly rec: Recursion
}
const ruleOf = (
  entry: Entry,
  mode: Mode,
  { attrs, args, outs, rec }: Point,
  given: readonly Maybe[],
  wanted: readonly boolean[],
): Rule | undefined => {
  const types = [...args, ...outs, ...given.filter((t): t is Expr => t !== undefined)].map((e) => e.type)
  let marks: readonly boolean[] = []
  const closed = closing(numbered(types), (xs) => {
    const map = joint(
      entry.derivative(attrs, xs.slice(0, args.length), xs.slice(args.length, args.length + outs.length), rec),
    )
    let next = args.length + outs.length
    const ts = given.map((t) => (t === undefined ? undefined : xs[next++]))
    const results = mode === 'push' ? map.push(ts) : map.pull(ts, wanted)
    marks = results.map((r) => r !== undefined)
    return results.filter((r): r is Expr => r !== undefined)
  })
  return E.isRight(closed) ? { closed: closed.right, marks } : undefined
}
/** The rule of an entry, with all tangents or cotangents present. */
export const ruleAt = (
  entry: Entry,
  mode: Mode,
  point: Point,
  given: readonly Maybe[],
  wanted: readonly boolean[],
): Closed | undefined => ruleOf(entry, mode, point, given, wanted)?.closed

/** The entry with a mistake in one of its maps, or the same mistake in both, wherever it applies. */
export const planted = (entry: Entry, modes: readonly Mode[], mutate: (rule: Closed) => Closed | undefined): Entry => ({
  ...entry,
  derivative: (attrs, args, outs, rec) => {
    const right = joint(entry.derivative(attrs, args, outs, rec))
    const wrong = (mode: Mode, given: readonly Maybe[], wanted: readonly boolean[]): readonly Maybe[] | undefined => {
      const rule = modes.includes(mode) ? ruleOf(entry, mode, { attrs, args, outs, rec }, given, wanted) : undefined
      const mutated = rule && mutate(rule.closed)
      if (rule === undefined || mutated === undefined) return undefined
      const results = inline(mutated, [...args, ...outs, ...given.filter((t): t is Expr => t !== undefined)])
      let next = 0
      return rule.marks.map((m) => (m ? results[next++] : undefined))
    }
    return {
      push: (ts) => wrong('push', ts, []) ?? right.push(ts),
      pull: (cts, wanted) => wrong('pull', cts, wanted) ?? right.pull(cts, wanted),
    }
  },
})
/** The result of `run` while the dictionary holds another entry. */
export const withEntry = <A>(entry: Entry, run: () => A): A => {
  const table = dictionary as Map<string, Entry>
  const before = dictionary.get(entry.name) as Entry
  table.set(entry.name, entry)
  try {
    return run()
  } finally {
    table.set(entry.name, before)
  }
}
