/** The laws of loops, applied to the loops of a program until none applies. */
import { constantEntry } from '../../../../lang/primitives/constant.ts'
import { at, type Closed, closeOver, type Equation, isClosed, typesOf } from '../../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../../lang/syntax/expr.ts'
import { sizeOf } from '../../../../lang/syntax/shape.ts'
import type { Tell } from '../../../../lang/tell.ts'
import { resultsLeave } from './after.ts'
import { constantsLeave } from './constants.ts'
import type { LoopInPlace, LoopLaw } from './law.ts'
import { rowsLeave } from './rows.ts'
import { unreadLeaves } from './unread.ts'

export const loopLaws: readonly LoopLaw[] = [unreadLeaves, constantsLeave, rowsLeave, resultsLeave]

const mayBeLoop = (q: Equation): boolean => Object.values(q.attrs).some(isClosed)
/** Where an equation stands in a program. */
const placing = (p: Closed) => {
  const read = new Set([...p.equations.flatMap((q) => q.args), ...p.outputs])
  const sizes = typesOf(p).map((t) => sizeOf(t.shape))
  const zeros = new Set(
    p.equations.filter((q) => q.op === constantEntry.name && Object.is(q.attrs.value, 0)).map((q) => q.first),
  )
  return (equation: Equation): LoopInPlace => {
    const outs = equation.outs.map((_, k) => equation.first + k)
    const held = [...new Set([...equation.args, ...outs.filter((v) => read.has(v))])]
    return {
      equation,
      read: outs.map((v) => read.has(v)),
      zero: equation.args.map((v) => zeros.has(v)),
      held: at(sizes, held).reduce((a, b) => a + b, 0),
    }
  }
}
/** One law applied to one loop. */
interface Applied {
  readonly law: string
  readonly to: Closed
}
const applyOnce = (p: Closed): Applied | undefined => {
  if (!p.equations.some(mayBeLoop)) return undefined
  const place = placing(p)
  for (const q of p.equations) {
    if (!mayBeLoop(q)) continue
    const loop = place(q)
    for (const { law, rewrite } of loopLaws) {
      const rewritten = rewrite(loop)
      if (rewritten !== undefined) return { law, to: replaced(p, q, rewritten) }
    }
  }
  return undefined
}
const replaced = (p: Closed, loop: Equation, rewritten: NonNullable<ReturnType<LoopLaw['rewrite']>>): Closed =>
  closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs]
    for (const q of p.equations) {
      const args = at(v, q.args)
      if (q !== loop) v.push(...node(q.op, q.attrs, args, q.outs))
      // an output without an expression is read by nothing
      else v.push(...(rewritten(args) as readonly Expr[]))
    }
    return at(v, p.outputs)
  })
/** The program with the laws of loops applied until none does; the same object where none does. */
export const lessenLoops = (p: Closed, tell?: Tell): Closed => {
  const applied = applyOnce(p)
  if (applied === undefined) return p
  tell?.({ _tag: 'Fused', law: applied.law, from: p, to: applied.to })
  return lessenLoops(applied.to, tell)
}
