/**
 * The same program over one more axis, in front. A value that no mapped input reaches keeps its shape, so weights stay
 * unbatched. broadcast is the one primitive named, to repeat what an operation needs batched.
 */
import { axesOfOperation } from '../../lang/axes.ts'
import { repeat, stacked } from '../../lang/primitives/broadcast.ts'
import type { BatchedOuts, Recursion } from '../../lang/primitives/entry.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, closeOver, type Named } from '../../lang/syntax/closed.ts'
import { type Expr, node } from '../../lang/syntax/expr.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import type { Tell } from '../../lang/tell.ts'

/** Inputs with a mark have one more axis; so has every output. */
export const vmapClosed = (p: Closed, mapped: readonly boolean[], rec: Recursion, tell?: Tell): Closed => {
  const inputs = p.inputs.map(
    ({ name, type }, k): Named => ({ name, type: mapped[k] ? stacked(rec.size)(type) : type }),
  )
  return closeOver(inputs, (xs) => {
    const v = [...xs],
      on = [...mapped]
    tell?.({ _tag: 'Opened', program: p, values: xs, given: [] })
    for (const q of p.equations) {
      const { outs, batched } = batchOne(q.op, q.attrs, at(v, q.args), at(on, q.args), q.outs, rec)
      outs.forEach((e, k) => {
        v.push(e)
        on.push(batched[k] as boolean)
      })
      tell?.({ _tag: 'Batched', equation: q, given: at(on, q.args), made: outs, batched })
    }
    return p.outputs.map((o) => (on[o] ? (v[o] as Expr) : repeat(rec.size, v[o] as Expr)))
  })
}
/** An operation may read the axis by name, itself or in its bodies, though no argument is batched. */
const reads = (op: string, attrs: Parameters<typeof node>[1], axis: string | undefined): boolean =>
  axis !== undefined && axesOfOperation(op, attrs).includes(axis)
const batchOne = (
  op: string,
  attrs: Parameters<typeof node>[1],
  args: readonly Expr[],
  batched: readonly boolean[],
  outs: readonly Type[],
  rec: Recursion,
): BatchedOuts => {
  const how = entryOf(op).batch,
    any = batched.some(Boolean)
  if ('rule' in how && (any || reads(op, attrs, rec.axis))) return how.rule(attrs, args, batched, rec)
  if (!any || 'rule' in how) return { outs: node(op, attrs, args, outs), batched: outs.map(() => false) }
  const full = args.map((x, i) => (batched[i] ? x : repeat(rec.size, x)))
  return { outs: node(op, how.lift(attrs, rec.size), full, outs.map(stacked(rec.size))), batched: outs.map(() => true) }
}
