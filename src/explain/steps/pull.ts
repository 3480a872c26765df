/** Reverse mode: the cotangents that an equation passes back to its arguments. A value read n times sums n shares. */
import type { Expr } from '../../../lang/syntax/expr.ts'
import type { Pulled } from '../../../lang/tell.ts'
import type { Step } from '../derivation.ts'
import type { Ledger } from '../ledger.ts'
import { type Phrase, phrase } from '../messages.ts'
import { bar, called, share } from '../symbols.ts'
import type { Formula, Line } from '../words.ts'
import { differentiated } from './differentiated.ts'

/** How many shares the cotangent of each value has: one per output that it is, and one per argument that reads it. */
const countShares = (l: Ledger): ReadonlyMap<number, number> => {
  const shares = new Map<number, number>()
  const count = (value: number, made: Expr | undefined): unknown =>
    made !== undefined && shares.set(value, (shares.get(value) ?? 0) + 1)
  l.p.outputs.forEach((o, i) => {
    count(o, l.opened?.given[i])
  })
  for (const e of l.told)
    if (e._tag === 'Pulled')
      e.equation.args.forEach((a, i) => {
        count(a, e.made[i])
      })
  return shares
}
/** The steps of equations, called in the order in which they are pulled. */
export const pulling = (l: Ledger): ((e: Pulled) => Step) => {
  const shares = countShares(l)
  const told = new Map<number, number>()
  const next = (value: number): Formula => {
    const k = (told.get(value) ?? 0) + 1
    told.set(value, k)
    return shares.get(value) === 1 ? bar(l.symbolOf(value)) : share(l.symbolOf(value), k)
  }
  l.p.outputs.forEach((o, i) => {
    const ct = l.opened?.given[i]
    if (ct === undefined) return
    l.name(ct, next(o))
    l.cotangents[o] = l.opened?.sums?.[i]
  })
  /** The sum of the shares, once all are known: it is the cotangent. */
  const total = (value: number): Line | undefined => {
    const n = shares.get(value) ?? 1
    if (n === 1 || told.get(value) !== n) return undefined
    const parts = Array.from({ length: n }, (_, k) => share(l.symbolOf(value), k + 1))
    const right = { text: parts.map((s) => s.text).join(' + '), latex: parts.map((s) => s.latex).join(' + ') }
    return { left: bar(l.symbolOf(value)), right }
  }
  return ({ equation: q, given, made, sums }) => {
    const moving = made.map((m) => m !== undefined)
    return differentiated(l, 'pull', q, moving, made, () => {
      const names = l.calling(given.map((ct, k) => [ct, bar(l.symbolOf(q.first + k))] as const))
      const yields: Line[] = []
      const remarks: Phrase[] = []
      given.forEach((ct, k) => {
        l.cotangents[q.first + k] = ct
      })
      made.forEach((m, i) => {
        const a = q.args[i] as number
        if (m === undefined) return
        const left = next(a)
        yields.push({ left, right: called(m, names) })
        l.name(m, left)
        l.cotangents[a] = sums[i]
        const sum = total(a)
        if (sum === undefined) return
        yields.push(sum)
        l.name(sums[i], sum.left)
        remarks.push(phrase('sumOfShares', { x: l.symbolOf(a), uses: shares.get(a) ?? 1 }))
      })
      return { yields, brings: [...made, ...sums], remarks }
    })
  }
}
