/** Forward mode: what an equation does to the tangents of what it reads. */
import type { Pushed } from '../../../lang/tell.ts'
import type { Step } from '../derivation.ts'
import { type Ledger, remarksOf, ruleOf, sentenceOf, stepOf } from '../ledger.ts'
import { localDerivatives } from '../local.ts'
import { phrase } from '../messages.ts'
import { called, dot } from '../symbols.ts'

/** The inputs' tangents get their names before anything is pushed. */
export const startPush = (l: Ledger): void => {
  l.opened?.given.forEach((t, k) => {
    l.tangents[k] = t
    l.name(t, dot(l.symbolOf(k)))
  })
}
export const pushed = (l: Ledger, { equation: q, given, made }: Pushed): Step => {
  const inside = l.taken(),
    moving = given.map((t) => t !== undefined),
    nothing = made.every((m) => m === undefined)
  const local = nothing ? undefined : localDerivatives(l, q, moving, 'push')
  // a tangent that is another's own stands here under the name of what it is the tangent of
  const names = l.calling(q.args.map((a, i) => [given[i], dot(l.symbolOf(a))] as const))
  const yields = made.flatMap((m, k) =>
    m === undefined ? [] : [{ left: dot(l.symbolOf(q.first + k)), right: called(m, names) }],
  )
  made.forEach((m, k) => {
    l.tangents[q.first + k] = m
    if (l.isNamed(q.first + k)) l.name(m, dot(l.symbolOf(q.first + k)))
  })
  const [y, what, xs] = [l.outsOf(q), sentenceOf(q.op), l.movers(q, moving)]
  const partial = local?.derivatives.some((d) => d.form === 'partial') ?? false
  return stepOf({
    action: 'push',
    op: q.op,
    value: q.first,
    equation: l.lineOf(q),
    rule: ruleOf(q.op, local, inside),
    local: local?.derivatives ?? [],
    yields,
    produced: l.claim(made),
    sentence: nothing
      ? phrase('pushNothing', { y, what })
      : phrase(partial ? 'pushPartials' : 'pushMap', { y, what, xs }),
    remarks: remarksOf(inside),
    inside,
  })
}
