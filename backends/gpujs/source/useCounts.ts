/** How often the scalars of a thread are used. One that is used once, in the block that computes it, needs no name. */
import { childrenOf, type Scalar } from '../../../lang/kernel/index.ts'
import { asLinear, isLinear } from '../../rewrite/linear.ts'
import type { Block } from '../../rewrite/unroll.ts'

/** `near`: every use is in the block that computes the scalar. */
interface UseCount {
  readonly count: number
  readonly near: boolean
}
export type UseCounts = (s: Scalar) => UseCount

/**
 * The uses of every scalar as a value. Addresses are written out as sums, so an index inside one is not a use; the
 * arguments of an unused scalar are not used either.
 */
export const useCountsIn = (block: Block, results: readonly Scalar[]): UseCounts => {
  const home = homesIn(block)
  const counts = new Map<Scalar, { count: number; near: boolean }>()
  const use = (s: Scalar, where: Block): void => {
    const u = counts.get(s) ?? { count: 0, near: true }
    counts.set(s, u)
    u.count++
    u.near &&= home.get(s) === where
  }
  const count = (b: Block): void => {
    // users come after what they use
    for (const s of [...b].reverse()) {
      if (s._tag === 'For') count(s.body)
      else if (s._tag === 'Into') use(s.term, b)
      else if (s._tag === 'Start') {
        if (s.from) use(s.from, b)
      } else if (counts.has(s.scalar)) for (const m of usedBy(s.scalar)) use(m, b)
    }
  }
  for (const r of results) use(r, block)
  count(block)
  return (s) => counts.get(s) ?? { count: 0, near: true }
}
/** The block that computes each scalar. */
const homesIn = (block: Block): ReadonlyMap<Scalar, Block> => {
  const home = new Map<Scalar, Block>()
  const settle = (b: Block): void => {
    for (const s of b) {
      if (s._tag === 'Let') home.set(s.scalar, b)
      else if (s._tag === 'For') settle(s.body)
    }
  }
  settle(block)
  return home
}
/** The terms of an address that are not indices. */
const termsOf = (s: Scalar): readonly Scalar[] => [...asLinear(s).terms.keys()].filter((t) => t._tag !== 'Index')
const usedBy = (s: Scalar): readonly Scalar[] =>
  s._tag === 'Load' ? s.at.flatMap(termsOf) : isLinear(s) ? termsOf(s) : childrenOf(s)
