/** Which values of a closed program expressions of its inputs are: the inverse of opening. */
import { type Closed, topological } from '../../lang/closed.ts'
import type { Expr } from '../../lang/expr.ts'
import { type Attrs, keyOf } from '../../lang/plain.ts'

const keyed = (op: string, args: readonly (number | undefined)[], attrs: Attrs): string =>
  `${op} ${args.join()} ${keyOf(attrs)}`

/** Law: numbering(p, open(p, inputs)).get(open(p, inputs)[k]) = k; absent what the program does not compute. */
export const numbering = (p: Closed, roots: readonly Expr[]): ReadonlyMap<Expr, number> => {
  const inputs = new Map(p.inputs.map(({ name }, k) => [name, k]))
  const equations = new Map(p.equations.map((q) => [keyed(q.op, q.args, q.attrs), q.first]))
  const known = new Map<Expr, number>()
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
  for (const e of topological(roots)) {
    const k = found(e)
    if (k !== undefined) known.set(e, k)
  }
  return known
}
