/** Rewriting an expression until no law fits, with equal expressions shared. */
import { type Apply, type Expr, node } from '../../../lang/syntax/expr.ts'
import { keyOf } from '../../../lang/syntax/plain.ts'
import type { Tell } from '../../../lang/tell.ts'
import { foldConstants } from './constants.ts'
import type { Rule } from './rule.ts'

/** The name of constant folding among the laws. */
export const folding = 'f(constants) = constant'

type ByHead = ReadonlyMap<string, readonly Rule[]>
const byHeadOf = (rules: readonly Rule[]): ByHead =>
  new Map(rules.map((r) => [r.head, rules.filter((s) => s.head === r.head)]))
/** The result of the first law that matches an expression whose arguments are settled. */
const improve = (byHead: ByHead, e: Expr, tell: Tell | undefined): Expr | undefined => {
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
export const sharing = (): Share => {
  const numbers = new Map<Expr, number>()
  const shared = new Map<string, readonly Expr[]>()
  const number = (e: Expr): number => {
    const k = numbers.get(e) ?? numbers.size
    numbers.set(e, k)
    return k
  }
  return (outs) => {
    const n = outs[0] && applied(outs[0]).node
    if (n === undefined) return outs
    const key = `${n.op} ${n.args.map(number).join()} ${keyOf(n.attrs)}`
    const known = shared.get(key) ?? outs
    shared.set(key, known)
    return known
  }
}
/** The node that an expression is an output of, and the index of that output. */
const applied = (e: Expr): { readonly node: Apply | undefined; readonly index: number } => {
  const { node: n } = e
  return n._tag === 'Item'
    ? { ...applied(n.of), index: n.index }
    : { node: n._tag === 'Apply' ? n : undefined, index: 0 }
}
/**
 * The normal form of an expression: its arguments are simplified first, then it is rewritten until no law matches, and
 * so are the new expressions in each result. Every law removes a node, shrinks one, or moves a constant to the right,
 * so this terminates. It uses a stack and no recursion, because a chain of rewrites may be long.
 */
export const settling = (rules: readonly Rule[], inputs: readonly Expr[], share: Share, tell: Tell | undefined) => {
  const byHead = byHeadOf(rules)
  const settled = new Map<Expr, Expr>(inputs.map((e) => [e, e]))
  /** An expression, and its rewritten form, which is settled in its place. */
  const better = new Map<Expr, Expr>()
  const unsettledBefore = (e: Expr): readonly Expr[] => {
    const next = better.get(e)
    return (next === undefined ? (applied(e).node?.args ?? []) : [next]).filter((a) => !settled.has(a))
  }
  /** The same expression over its settled arguments, shared with equal expressions. */
  const overSettled = (e: Expr, n: Apply, index: number): Expr => {
    const args = n.args.map((a) => settled.get(a) as Expr)
    const same = e.node._tag === 'Apply' && args.every((a, i) => a === n.args[i])
    return share(same ? [e] : node(n.op, n.attrs, args, n.outs))[index] as Expr
  }
  /** One step for an expression whose arguments are settled. */
  const advance = (e: Expr): void => {
    const next = better.get(e)
    const { node: n, index } = applied(e)
    if (next !== undefined) settled.set(e, settled.get(next) as Expr)
    else if (n === undefined) settled.set(e, e)
    else {
      const shared = overSettled(e, n, index)
      const improved = shared === e ? improve(byHead, e, tell) : shared
      if (improved === undefined) settled.set(e, e)
      else better.set(e, improved)
    }
  }
  return (root: Expr): Expr => {
    const stack = [root]
    for (let e = stack.at(-1); e !== undefined; e = stack.at(-1)) {
      const before = settled.has(e) ? [] : unsettledBefore(e)
      if (settled.has(e)) stack.pop()
      else if (before.length > 0) stack.push(...before)
      else advance(e)
    }
    return settled.get(root) as Expr
  }
}
