/**
 * Tiles of two axes, for arrays that are read along one axis and written along another, as in a transpose. Without tiles
 * each cache line, and the address of each page, is fetched again for every element in it.
 *
 *   for i, j: out[i, j] = x[j, i]    becomes    for blocks of j, for blocks of i, for j in its block, for i in its block
 */
import { fn, type Index, index, plus, type Scalar, times, whole } from '../../../lang/kernel/index.ts'
import { asLinear, coefficient, scale, sum, without } from '../../rewrite/linear.ts'
import { hasLoop, partsOf } from '../../rewrite/scalars.ts'
import { substitute } from '../../rewrite/substitute.ts'
import type { Lowered } from './lower.ts'

/** Elements of a block along the axis that is read in order, and along the lanes. */
const [acrossBlock, laneBlock] = [4, 64]
/** Elements this far apart are on different lines. */
const farApart = 16

/** `overlap`: blocks may overlap, since no element is overwritten that another one reads. */
export const tiled = (k: Lowered, overlap: boolean): Lowered => {
  const lane = k.axes.find((i) => k.lanes.has(i))
  if (lane === undefined || coefficient(k.to, lane) !== 1 || hasLoop(k.body)) return k
  const across = k.axes.find((i) => i !== lane && crosses(k, i, lane))
  const fits = (i: Index, n: number): boolean => i.size >= n && (overlap || i.size % n === 0)
  if (across === undefined || !fits(across, acrossBlock) || !fits(lane, laneBlock)) return k
  const [outer, inside] = blocksOf(across, acrossBlock)
  const [laneOuter, laneInside] = blocksOf(lane, laneBlock)
  const at = new Map([
    [across, plus(startOf(outer, across, acrossBlock), inside)],
    [lane, plus(startOf(laneOuter, lane, laneBlock), laneInside)],
  ])
  const axes = k.axes.flatMap((i) => (i === across ? [laneOuter, outer] : i === lane ? [laneInside, inside] : [i]))
  return { ...substituted(k, at), axes, lanes: new Set([laneInside]) }
}
/** Whether an array is read in order along an axis, and far apart along the lanes. */
const crosses = (k: Lowered, i: Index, lane: Index): boolean =>
  [...k.addresses.values()].some((a) => Math.abs(coefficient(a, i)) === 1 && Math.abs(coefficient(a, lane)) >= farApart)
const blocksOf = (i: Index, n: number): readonly [blocks: Index, inside: Index] => [
  index(Math.ceil(i.size / n)),
  index(n),
]
/** Where a block starts. The last one starts earlier, to end with the axis. */
const startOf = (blocks: Index, i: Index, n: number): Scalar => {
  const at = times(blocks, n)
  return i.size % n === 0 ? at : { ...fn('min', at, whole(i.size - n)), range: [0, i.size - n] }
}
const substituted = (k: Lowered, at: ReadonlyMap<Index, Scalar>): Omit<Lowered, 'axes' | 'lanes'> => {
  const body = substitute(k.body, at)
  const loads = [...partsOf(body)].flatMap((s) => (s._tag === 'Load' ? [s] : []))
  return {
    body,
    to: [...at].reduce((a, [i, value]) => sum(without(a, i), scale(asLinear(value), coefficient(a, i))), k.to),
    addresses: new Map(loads.map((l) => [l, asLinear(l.at[0] ?? whole(0))])),
  }
}
