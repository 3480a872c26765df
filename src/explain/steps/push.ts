/** Forward mode: the tangent of an equation's result from those of its arguments. */
import type { Pushed } from '../../../lang/tell.ts'
import type { Step } from '../derivation.ts'
import type { Ledger } from '../ledger.ts'
import { called, dot } from '../symbols.ts'
import { differentiated } from './differentiated.ts'

/** Names the tangents of the inputs, before the first push. */
export const startPush = (l: Ledger): void => {
  l.opened?.given.forEach((t, k) => {
    l.tangents[k] = t
    l.name(t, dot(l.symbolOf(k)))
  })
}
export const pushed = (l: Ledger, { equation: q, given, made }: Pushed): Step => {
  const moving = given.map((t) => t !== undefined)
  return differentiated(l, 'push', q, moving, made, () => {
    // values may share a tangent: here it has the name of the argument whose tangent it is
    const names = l.calling(q.args.map((a, i) => [given[i], dot(l.symbolOf(a))] as const))
    const yields = made.flatMap((m, k) =>
      m === undefined ? [] : [{ left: dot(l.symbolOf(q.first + k)), right: called(m, names) }],
    )
    made.forEach((m, k) => {
      l.tangents[q.first + k] = m
      if (l.isNamed(q.first + k)) l.name(m, dot(l.symbolOf(q.first + k)))
    })
    return { yields, brings: made, remarks: [] }
  })
}
