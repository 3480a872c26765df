/**
 * Algebra on programs: a table of laws, applied to every node until none fits; constants folded, equal expressions shared,
 * dead ones dropped. Every law holds for every float, so the meaning is kept bit for bit.
 */
import { at, type Closed, closeOver, isClosed } from '../../../lang/syntax/closed.ts'
import { type Apply, type Expr, node } from '../../../lang/syntax/expr.ts'
import { type Attrs, keyOf, type Plain } from '../../../lang/syntax/plain.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import { type Tell, within } from '../../../lang/tell.ts'
import { foldConstants } from './constants.ts'
import { facts } from './facts.ts'
import { fuseScans } from './fuseScans.ts'
import { laws } from './laws.ts'
import type { Rule } from './rule.ts'

export { fuseScans } from './fuseScans.ts'
export type { Rule } from './rule.ts'
export const rules: readonly Rule[] = [...facts, ...laws]

const byHead: ReadonlyMap<string, readonly Rule[]> = new Map(
  rules.map((r) => [r.head, rules.filter((s) => s.head === r.head)]),
)

/** What the folding of constants is called among the laws. */
export const folding = 'f(constants) = constant'

/** The first better form of an expression whose arguments are settled. */
const improve = (e: Expr, tell: Tell | undefined): Expr | undefined => {
  if (e.node._tag !== 'Apply') return undefined
  for (const rule of byHead.get(e.node.op) ?? []) {
    const better = rule.rewrite(e)
    if (better !== undefined && better !== e) {
      tell?.({ _tag: 'Rewritten', law: rule.law, from: e, to: better })
      return better
    }
  }
  const folded = foldConstants(e)
  if (folded !== undefined) tell?.({ _tag: 'Rewritten', law: folding, from: e, to: folded })
  return folded
}
/** Equal applications become one object, so that laws which compare arguments see what closing would share. */
type Share = (outs: readonly Expr[]) => readonly Expr[]
const sharing = (): Share => {
  const numbers = new Map<Expr, number>(),
    shared = new Map<string, readonly Expr[]>()
  const number = (e: Expr): number => {
    const k = numbers.get(e) ?? numbers.size
    numbers.set(e, k)
    return k
  }
  return (outs) => {
    const n = outs[0] && applied(outs[0]).node
    if (n === undefined) return outs
    const key = `${n.op} ${n.args.map(number).join()} ${keyOf(n.attrs)}`,
      known = shared.get(key) ?? outs
    shared.set(key, known)
    return known
  }
}
/** What an expression is an output of, and which one. */
const applied = (e: Expr): { readonly node: Apply | undefined; readonly index: number } => {
  const { node: n } = e
  return n._tag === 'Item'
    ? { ...applied(n.of), index: n.index }
    : { node: n._tag === 'Apply' ? n : undefined, index: 0 }
}
/**
 * The settled form of an expression: its arguments settled, then rewritten until no law fits. Each law removes a node,
 * shrinks one, or moves a constant right. What a law yields is settled too, arguments first; iterative, as it may be long.
 */
const settling = (inputs: readonly Expr[], share: Share, tell: Tell | undefined) => {
  const done = new Map<Expr, Expr>(inputs.map((e) => [e, e])),
    better = new Map<Expr, Expr>()
  const waiting = (e: Expr): readonly Expr[] => {
    const next = better.get(e)
    return (next === undefined ? (applied(e).node?.args ?? []) : [next]).filter((a) => !done.has(a))
  }
  /** One step for an expression that waits for nothing. */
  const advance = (e: Expr): void => {
    const next = better.get(e),
      { node: n, index } = applied(e)
    if (next !== undefined || n === undefined)
      return void done.set(e, next === undefined ? e : (done.get(next) as Expr))
    const args = n.args.map((a) => done.get(a) as Expr),
      same = e.node._tag === 'Apply' && args.every((a, i) => a === n.args[i])
    const shared = share(same ? [e] : node(n.op, n.attrs, args, n.outs))[index] as Expr
    const improved = shared === e ? improve(e, tell) : shared
    if (improved === undefined) done.set(e, e)
    else better.set(e, improved)
  }
  return (root: Expr): Expr => {
    const stack = [root]
    for (let e = stack.at(-1); e !== undefined; e = stack.at(-1)) {
      const before = done.has(e) ? [] : waiting(e)
      if (done.has(e)) stack.pop()
      else if (before.length > 0) stack.push(...before)
      else advance(e)
    }
    return done.get(root) as Expr
  }
}

/** Programs inside attributes are simplified too. */
const insideAttrs = (attrs: Attrs, tell: Tell | undefined): Attrs =>
  Object.values(attrs).some(isClosed)
    ? Object.fromEntries(
        Object.entries(attrs).map(([k, v]) => [k, isClosed(v) ? (inner(v, tell) as unknown as Plain) : v]),
      )
    : attrs
const inner = (body: Closed, tell: Tell | undefined): Closed =>
  within(
    tell,
    'simplify',
    body,
    (t) => simplifyTelling(body, t),
    (r) => r,
  )

/** simplifyClosed, telling every rewriting; at the end, what became of every value. */
export const simplifyTelling = (p: Closed, tell: Tell | undefined): Closed => {
  const simple = closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs],
      share = sharing(),
      settle = settling(inputs, share, tell)
    for (const q of p.equations)
      for (const e of share(node(q.op, insideAttrs(q.attrs, tell), at(v, q.args), q.outs))) v.push(settle(e))
    tell?.({ _tag: 'Opened', program: p, values: v, given: [] })
    return at(v, p.outputs)
  })
  const fused = fuseScans(simple)
  if (fused !== simple) tell?.({ _tag: 'Fused', law: 'two scans in lockstep are one scan', from: simple, to: fused })
  return fused
}
export const simplifyClosed = (p: Closed): Closed => simplifyTelling(p, undefined)

/**
 * The same program in a simpler form.
 *
 * Law:     evaluate(simplify(p)) = evaluate(p), for every float
 */
export const simplify = <In, Out>(p: Program<In, Out>): Program<In, Out> => ({ ...p, closed: simplifyClosed(p.closed) })
