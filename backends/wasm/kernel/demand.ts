/** What a kernel's body needs: the loops of its axes, and which scalars as one number or in lanes. */
import { childrenOf, type Index, type Reduce, type Scalar } from '../../../lang/kernel/index.ts'
import { freeIndices } from '../../../lang/kernel/loops.ts'
import { blockOf } from '../../rewrite/codeMotion.ts'
import { isIndex } from '../../rewrite/linear.ts'
import { addressOf } from './lanes.ts'
import { type Lowered, opaqueTerms } from './lower.ts'

/** out[axes] = body as reductions over the axes, so that code motion treats the axes as loops. */
export const asLoops = (k: Lowered) => {
  const store: Scalar = {
    _tag: 'Call',
    dtype: k.body.dtype,
    fn: 'add',
    args: [k.body, ...k.axes, ...opaqueTerms(k.to)],
  }
  const loop = (body: Scalar, index: Index): Reduce => ({ _tag: 'Reduce', dtype: body.dtype, by: 'add', index, body })
  const root = k.axes.reduceRight<Scalar>(loop, store)
  return { store, block: blockOf([], [root]) }
}

/** The axis whose elements are computed a vector at a time, unless that is a loop of the body. */
export const laneAxis = (k: Lowered): Index | undefined => k.axes.find((i) => k.lanes.has(i))
/** Which scalars are used, and whether as one number, in lanes, or as both. */
export const demand = (k: Lowered, laneOf: LaneOf) => {
  const asOne = new Set<Scalar>()
  const inLanes = new Set<Scalar>()
  const go = (s: Scalar, lanes: boolean): void => {
    const to = lanes ? inLanes : asOne
    if (to.has(s)) return
    const fresh = !asOne.has(s) && !inLanes.has(s)
    to.add(s)
    if (!fresh) return
    const inside = laneOf(s) !== undefined
    if (s._tag === 'Load') {
      for (const t of addressOf(k, s).terms.keys()) if (!isIndex(t)) go(t, laneOf(t) !== undefined)
    } else if (s._tag === 'Reduce') go(s.body, inside || k.lanes.has(s.index))
    else for (const c of childrenOf(s)) go(c, inside)
  }
  go(k.body, laneAxis(k) !== undefined)
  for (const t of opaqueTerms(k.to)) go(t, laneOf(t) !== undefined)
  return { asOne, inLanes, needs: (s: Scalar) => asOne.has(s) || inLanes.has(s) }
}
export type Demand = ReturnType<typeof demand>
/** The index over lanes that a scalar depends on, if there is one. */
export type LaneOf = (s: Scalar) => Index | undefined
export const makeLaneOf = (lanes: ReadonlySet<Index>): LaneOf => {
  const free = freeIndices()
  return (s) => free(s).find((i) => lanes.has(i))
}
