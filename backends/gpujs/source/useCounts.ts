/** Who reads the scalars of a thread: what is read once, where it is made, needs no name. */
import { childrenOf, type Scalar } from '../../../lang/kernel/index.ts'
import { isLinear, written } from '../../rewrite/linear.ts'
import type { Block } from '../../rewrite/unroll.ts'

/**
 * How often each scalar is mentioned as a value, and whether always in the block where it is made. Indices inside sums are
 * written out, so they are not mentions; what nothing mentions mentions nothing.
 */
export const useCountsIn = (
  block: Block,
  results: readonly Scalar[],
): ((s: Scalar) => { readonly count: number; readonly near: boolean }) => {
  const home = new Map<Scalar, Block>()
  const uses = new Map<Scalar, { count: number; near: boolean }>()
  const none = { count: 0, near: true }
  const use = (s: Scalar, where: Block): void => {
    const u = uses.get(s) ?? { ...none }
    uses.set(s, u)
    u.count++
    u.near &&= home.get(s) === where
  }
  const settle = (b: Block): void => {
    for (const s of b) {
      if (s._tag === 'Let') home.set(s.scalar, b)
      else if (s._tag === 'For') settle(s.body)
    }
  }
  const opaque = (s: Scalar): readonly Scalar[] => [...written(s).terms.keys()].filter((t) => t._tag !== 'Index')
  const mentions = (s: Scalar): readonly Scalar[] =>
    s._tag === 'Load' ? s.at.flatMap(opaque) : isLinear(s) ? opaque(s) : childrenOf(s)
  const count = (b: Block): void => {
    for (const s of [...b].reverse()) {
      if (s._tag === 'For') count(s.body)
      else if (s._tag === 'Into') use(s.term, b)
      else if (s._tag === 'Start') {
        if (s.from) use(s.from, b)
      } else if (uses.has(s.scalar)) for (const m of mentions(s.scalar)) use(m, b)
    }
  }
  settle(block)
  for (const r of results) use(r, block)
  count(block)
  return (s) => uses.get(s) ?? none
}
