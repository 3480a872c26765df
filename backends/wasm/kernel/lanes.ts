/** The index along which a vector of elements is computed at once: the one along which most arrays are read in rows. */
import type { Index, Reduce, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { coefficient, isIndex, type Linear } from '../../rewrite/linear.ts'
import { hasLoop, mentions, partsOf } from '../../rewrite/scalars.ts'

/** out[to] = body, for every value of the axes. Loads have one index, a position; `addresses` has its linear form. */
export interface Nest {
  readonly axes: readonly Index[]
  readonly to: Linear
  readonly body: Scalar
  readonly addresses: ReadonlyMap<Scalar, Linear>
}
/** The linear address of a load. */
export const addressOf = ({ addresses }: Pick<Nest, 'addresses'>, s: Scalar): Linear =>
  addresses.get(s) ?? bug('a load without an address')
const innermost = (root: Scalar): readonly Reduce[] =>
  [...partsOf(root)].filter((s) => s._tag === 'Reduce').filter((r) => !hasLoop(r.body))
const loadsIn = (root: Scalar): readonly Scalar[] => [...partsOf(root)].filter((s) => s._tag === 'Load')
/** The cost of the loads for a vector of elements along an index: 1 for a vector or one number, more for separate numbers. */
const loadCost = (k: Nest, loads: readonly Scalar[], i: Index): number => {
  const reads = loads.map((l) => {
    const a = addressOf(k, l)
    const scattered = [...a.terms.keys()].some((t) => !isIndex(t) && mentions(t, i))
    const by = coefficient(a, i)
    return scattered ? 6 : by === 0 || by === 1 || by === -1 ? 1 : 3
  })
  return (1 + reads.reduce((n, r) => n + r, 0)) / Math.min(4, i.size)
}
/** The axis, or the innermost loops of the reductions, along which loads are cheapest. */
export const lanesOf = (k: Nest, counter: Index | undefined): ReadonlySet<Index> => {
  const loops = innermost(k.body)
  const last = k.axes.at(-1)
  if (last === undefined) return new Set(loops.map((r) => r.index))
  const best = bestAxis(k, counter)
  if (loops.length === 0 || last === counter) return new Set(best ? [best] : loops.map((r) => r.index))
  const across = loops.reduce((n, r) => n + loadCost(k, loadsIn(r.body), last) * r.index.size, 0)
  // adding up the lanes costs 6 per element
  const along = loops.reduce((n, r) => n + loadCost(k, loadsIn(r.body), r.index) * r.index.size + 6, 0)
  return along < across ? new Set(loops.map((r) => r.index)) : new Set([last])
}
/** Stores cost as much as loads; ties go to the innermost axis. */
const bestAxis = (k: Nest, counter: Index | undefined): Index | undefined => {
  const loads = loadsIn(k.body)
  const cost = (i: Index): number => {
    const by = coefficient(k.to, i)
    const scattered = [...k.to.terms.keys()].some((t) => !isIndex(t) && mentions(t, i))
    return scattered ? Number.POSITIVE_INFINITY : loadCost(k, loads, i) + (by === 1 ? 1 : 3) / Math.min(4, i.size)
  }
  // an outer axis pays only where few elements lie inside it: they separate its rows
  const inner = (d: number): number => k.axes.slice(d + 1).reduce((n, i) => n * i.size, 1)
  const open = k.axes.filter((i, d) => i !== counter && inner(d) <= 8)
  return [...open].reverse().reduce<Index | undefined>((a, i) => (a && cost(a) <= cost(i) ? a : i), undefined)
}
