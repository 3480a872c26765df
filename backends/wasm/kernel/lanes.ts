/** Along which index four elements are computed at once: where most of what is read and written stands in rows. */
import type { Index, Reduce, Scalar } from '../../../lang/kernel/index.ts'
import { coefficient, isIndex, type Linear } from '../../rewrite/linear.ts'
import { hasLoop, mentions, partsOf } from '../../rewrite/scalars.ts'

/** out[to] = body, for every value of the axes. Loads have one index: a position in memory, of which `addresses` knows the form. */
export interface Nest {
  readonly axes: readonly Index[]
  readonly to: Linear
  readonly body: Scalar
  readonly addresses: ReadonlyMap<Scalar, Linear>
}
const innermost = (root: Scalar): readonly Reduce[] =>
  [...partsOf(root)].filter((s) => s._tag === 'Reduce').filter((r) => !hasLoop(r.body))
const loadsIn = (root: Scalar): readonly Scalar[] => [...partsOf(root)].filter((s) => s._tag === 'Load')
/** What it takes to compute the loads four at a time along an index: 1 for a vector or one number, 4 for four numbers. */
const effort = (k: Nest, loads: readonly Scalar[], i: Index): number => {
  const reads = loads.map((l) => {
    const a = k.addresses.get(l) as Linear
    const moves = [...a.terms.keys()].some((t) => !isIndex(t) && mentions(t, i))
    const by = coefficient(a, i)
    return moves ? 6 : by === 0 || by === 1 || by === -1 ? 1 : 3
  })
  return (1 + reads.reduce((n, r) => n + r, 0)) / Math.min(4, i.size)
}
/** The axis, or the innermost loops of the reductions, along which most operands stand in rows. */
export const lanesOf = (k: Nest, counter: Index | undefined): ReadonlySet<Index> => {
  const loops = innermost(k.body)
  const last = k.axes.at(-1)
  if (last === undefined) return new Set(loops.map((r) => r.index))
  const best = bestAxis(k, counter)
  if (loops.length === 0 || last === counter) return new Set(best ? [best] : loops.map((r) => r.index))
  const across = loops.reduce((n, r) => n + effort(k, loadsIn(r.body), last) * r.index.size, 0)
  // the lanes are added up once per element
  const along = loops.reduce((n, r) => n + effort(k, loadsIn(r.body), r.index) * r.index.size + 6, 0)
  return along < across ? new Set(loops.map((r) => r.index)) : new Set([last])
}
/** Stores count as loads do; of equals the innermost. */
const bestAxis = (k: Nest, counter: Index | undefined): Index | undefined => {
  const loads = loadsIn(k.body)
  const of = (i: Index): number => {
    const by = coefficient(k.to, i)
    const moves = [...k.to.terms.keys()].some((t) => !isIndex(t) && mentions(t, i))
    return moves ? Number.POSITIVE_INFINITY : effort(k, loads, i) + (by === 1 ? 1 : 3) / Math.min(4, i.size)
  }
  // an axis outside others pays only where those are few: their turns stand between its rows
  const inner = (d: number): number => k.axes.slice(d + 1).reduce((n, i) => n * i.size, 1)
  const open = k.axes.filter((i, d) => i !== counter && inner(d) <= 8)
  return [...open].reverse().reduce<Index | undefined>((a, i) => (a && of(a) <= of(i) ? a : i), undefined)
}
