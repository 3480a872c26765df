/** Regrouping sums and products so that more of them depend on known inputs alone; see `simplify/reassociate.ts`. */
import { at, type Closed, closeOver } from '../../../lang/syntax/closed.ts'
import { argsOf, type Expr, node } from '../../../lang/syntax/expr.ts'
import { usesOf } from '../../../lang/text/valueNames.ts'
import { rules } from '../simplify/index.ts'
import { reassociations } from '../simplify/reassociate.ts'
import { settling, sharing } from '../simplify/settle.ts'

/** Whether an expression depends on these inputs and on constants only. */
const knowing = (inputs: readonly Expr[], marks: readonly boolean[]): ((e: Expr) => boolean) => {
  const known = new Map<Expr, boolean>(inputs.map((e, i) => [e, marks[i] === true]))
  return (root) => {
    const stack = [root]
    for (let e = stack.at(-1); e !== undefined; e = stack.at(-1)) {
      const before = known.has(e) ? [] : argsOf(e).filter((a) => !known.has(a))
      stack.push(...before)
      if (before.length > 0) continue
      if (!known.has(e))
        known.set(
          e,
          argsOf(e).every((a) => known.get(a)),
        )
      stack.pop()
    }
    return known.get(root) === true
  }
}
/** The program with sums and products regrouped. `marks`: the inputs that are known. Law: as the program, up to rounding. */
export const regrouped = (p: Closed, marks: readonly boolean[]): Closed =>
  closeOver(p.inputs, (inputs) => {
    const uses = usesOf(p)
    const twice = new Set<Expr>()
    const share = sharing()
    const facts = { known: knowing(inputs, marks), shared: (e: Expr) => twice.has(e) }
    const settle = settling([...rules, ...reassociations(facts)], inputs, share, undefined)
    const v: Expr[] = [...inputs]
    for (const q of p.equations)
      for (const e of share(node(q.op, q.attrs, at(v, q.args), q.outs))) {
        const settled = settle(e)
        if ((uses[v.length] ?? 0) > 1) twice.add(settled)
        v.push(settled)
      }
    return at(v, p.outputs)
  })
