/** Finds the value of a closed program that an expression of its inputs equals: the inverse of opening. */
import type { Closed } from '../../lang/syntax/closed.ts'
import { argsOf, type Expr } from '../../lang/syntax/expr.ts'
import { type Attrs, keyOf } from '../../lang/syntax/plain.ts'

const keyed = (op: string, args: readonly (number | undefined)[], attrs: Attrs): string =>
  `${op} ${args.join()} ${keyOf(attrs)}`

/**
 * The number of the value; undefined if the program does not compute it. Each node is visited once.
 *
 * Law: numbering(p)(open(p, inputs)[k]) = k
 */
export const numbering = (p: Closed): ((e: Expr) => number | undefined) => {
  const inputs = new Map(p.inputs.map(({ name }, k) => [name, k]))
  const equations = new Map(p.equations.map((q) => [keyed(q.op, q.args, q.attrs), q.first]))
  const known = new Map<Expr, number | undefined>()
  const found = ({ node }: Expr): number | undefined => {
    switch (node._tag) {
      case 'Input':
        return inputs.get(node.name)
      case 'Poison':
        return undefined
      case 'Item': {
        const first = known.get(node.of)
        return first === undefined ? undefined : first + node.index
      }
      case 'Apply': {
        const args = node.args.map((a) => known.get(a))
        return args.includes(undefined) ? undefined : equations.get(keyed(node.op, args, node.attrs))
      }
    }
  }
  return (root) => {
    const stack = [root]
    for (let e = stack.at(-1); e !== undefined; e = stack.at(-1)) {
      const waiting = known.has(e) ? [] : argsOf(e).filter((a) => !known.has(a))
      stack.push(...waiting)
      if (waiting.length > 0) continue
      stack.pop()
      if (!known.has(e)) known.set(e, found(e))
    }
    return known.get(root)
  }
}
