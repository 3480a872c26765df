/**
 * Algebra on programs: a table of laws, applied to every node until none fits; constants folded, equal expressions shared,
 * dead ones dropped. Every law holds for every float, so the meaning is kept bit for bit.
 */
import { at, type Closed, closeOver, isClosed } from '../../lang/closed.ts'
import { type Expr, node } from '../../lang/expr.ts'
import type { Attrs, Plain } from '../../lang/plain.ts'
import type { Program } from '../../lang/program.ts'
import { foldConstants } from './constants.ts'
import { facts } from './facts.ts'
import { fuseScans } from './fuseScans.ts'
import { laws } from './laws.ts'
import type { Rule } from './rule.ts'

export type { Rule } from './rule.ts'
export { fuseScans } from './fuseScans.ts'
export const rules: readonly Rule[] = [...facts, ...laws]

const byHead: ReadonlyMap<string, readonly Rule[]> = new Map(rules.map((r) => [r.head, rules.filter((s) => s.head === r.head)]))

/** The first better form of an expression whose arguments are settled. */
const improve = (e: Expr): Expr | undefined => {
  if (e.node._tag !== 'Apply') return undefined
  for (const rule of byHead.get(e.node.op) ?? []) {
    const better = rule.rewrite(e)
    if (better !== undefined && better !== e) return better
  }
  return foldConstants(e)
}
/** Each law removes a node, shrinks one, or moves a constant right; a rewritten form's own arguments are settled too. */
const settle = (e: Expr, known: Set<Expr>): Expr => {
  if (known.has(e) || e.node._tag !== 'Apply' || e.node.outs.length !== 1) return e
  const args = e.node.args.map((a) => settle(a, known))
  const same = args.every((a, i) => a === (e.node as { readonly args: readonly Expr[] }).args[i])
  const settled = same ? e : (node(e.node.op, e.node.attrs, args, e.node.outs)[0] as Expr)
  const better = improve(settled)
  const result = better === undefined ? settled : settle(better, known)
  known.add(result)
  return result
}

/** Programs inside attributes are simplified too. */
const insideAttrs = (attrs: Attrs): Attrs =>
  Object.values(attrs).some(isClosed)
    ? Object.fromEntries(Object.entries(attrs).map(([k, v]) => [k, isClosed(v) ? (simplifyClosed(v) as unknown as Plain) : v]))
    : attrs

export const simplifyClosed = (p: Closed): Closed =>
  fuseScans(closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs], known = new Set<Expr>(inputs)
    for (const q of p.equations)
      for (const e of node(q.op, insideAttrs(q.attrs), at(v, q.args), q.outs)) {
        const settled = settle(e, known)
        known.add(settled)
        v.push(settled)
      }
    return at(v, p.outputs)
  }))

/**
 * The same program in a simpler form.
 *
 * Law:     evaluate(simplify(p)) = evaluate(p), for every float
 */
export const simplify = <In, Out>(p: Program<In, Out>): Program<In, Out> => ({ ...p, closed: simplifyClosed(p.closed) })
