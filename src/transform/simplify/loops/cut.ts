/** Parts of a closed program. */
import { at, type Closed, closeOver, typesOf } from '../../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import type { Type } from '../../../../lang/syntax/shape.ts'

/** The values that computing `to` reads, if the values of `from` are given: these are not computed. */
export const readsBetween = (p: Closed, from: ReadonlySet<number>, to: readonly number[]): ReadonlySet<number> => {
  const read = new Set(to)
  for (const q of [...p.equations].reverse()) {
    const computed = q.outs.some((_, k) => read.has(q.first + k) && !from.has(q.first + k))
    if (computed) for (const a of q.args) read.add(a)
  }
  return read
}
/**
 * The program that computes the values `to` of p from its values `from`. A type in place of a value is an input that
 * nothing reads.
 */
export const cut = (p: Closed, from: readonly (number | Type)[], to: readonly number[]): Closed => {
  const types = typesOf(p)
  const given = from.filter((v) => typeof v === 'number')
  const read = readsBetween(p, new Set(given), to)
  const inputs = from.map((v) =>
    typeof v === 'number' ? { name: p.inputs[v]?.name ?? `v${v}`, type: nth(types, v) } : { name: 'unread', type: v },
  )
  return closeOver(inputs, (xs) => {
    const v: (Expr | undefined)[] = types.map(() => undefined)
    from.forEach((f, k) => {
      if (typeof f === 'number') v[f] = xs[k]
    })
    for (const q of p.equations) {
      const missing = q.outs.some((_, k) => read.has(q.first + k) && v[q.first + k] === undefined)
      // the arguments of an equation that is read are read, and computed before it
      if (missing)
        node(q.op, q.attrs, at(v, q.args) as readonly Expr[], q.outs).forEach((e, k) => {
          v[q.first + k] ??= e
        })
    }
    return at(v, to) as readonly Expr[]
  })
}
