/**
 * How a kernel's output is divided into threads, and how many elements one thread computes. Neighbours along a slow axis
 * share the loads that do not depend on that axis, which pays because a load costs more than arithmetic.
 */
import { childrenOf, type Index, type Scalar } from '../../../lang/kernel/index.ts'
import { type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import { canShareLoops, unrollAndJam } from '../../rewrite/unrollAndJam.ts'
import { lanes } from './interleave.ts'
import { outputOf, rows, type Thread, type ThreadLayout } from './threadLayout.ts'

export interface Shaped {
  readonly thread: Thread
  readonly output: readonly number[]
  /** The elements after the axis along which a thread computes several; undefined where each computes one. */
  readonly inner: number | undefined
}

/** Every load in a loop, as the indices that its address depends on. */
const loadsIn = (root: Scalar): readonly ReadonlySet<Index>[] => {
  const known = new Map<Scalar, ReadonlySet<Index>>()
  const found: ReadonlySet<Index>[] = []
  const go = (s: Scalar, inLoop: boolean): ReadonlySet<Index> => {
    const hit = known.get(s)
    if (hit !== undefined) return hit
    const all = new Set<Index>(s._tag === 'Index' ? [s] : [])
    for (const c of childrenOf(s)) for (const i of go(c, inLoop || s._tag === 'Reduce')) all.add(i)
    known.set(s, all)
    if (s._tag === 'Load' && inLoop) found.push(all)
    return all
  }
  go(root, false)
  return found
}
/** The cost of a load that depends on the row: one load per lane. */
const gather = 4

/** The slow axis along which neighbours share most loads; undefined when none saves any. */
const axisToUnroll = (indices: readonly Index[], body: Scalar, layout: ThreadLayout): number | undefined => {
  const loads = loadsIn(body)
  const fast = new Set(indices.slice(layout.slow.length))
  const cost = (axis: Index | undefined): number =>
    loads.reduce((n, l) => {
      const each = [...l].some((i) => fast.has(i)) ? gather : 1
      return n + each * (axis === undefined || l.has(axis) ? lanes : 1)
    }, 0)
  let best: number | undefined
  let least = cost(undefined)
  layout.slow.forEach((n, d) => {
    const c = cost(indices[d])
    if (n % lanes === 0 && c < least) {
      least = c
      best = d
    }
  })
  return best
}
/** One element per thread. */
export const plain = (
  indices: readonly Index[],
  body: Scalar,
  shapes: readonly Shape[],
  layout: ThreadLayout,
): Shaped => ({
  thread: { indices, bodies: [body], shapes, layout },
  output: outputOf(layout),
  inner: undefined,
})
/** For kernels with loops: rows, and several elements per thread where that saves loads. */
export const blocked = (indices: readonly Index[], body: Scalar, shapes: readonly Shape[], shape: Shape): Shaped => {
  const layout = rows(shape)
  const axis = axisToUnroll(indices, body, layout)
  if (axis === undefined) return plain(indices, body, shapes, layout)
  const unrolled = unrollAndJam(indices, body, axis, lanes)
  // a choice by element may remove a loop from one element and leave it in the others
  if (!canShareLoops(indices, unrolled.bodies)) return plain(indices, body, shapes, layout)
  const cut = { slow: layout.slow.map((n, d) => (d === axis ? n / lanes : n)), fast: layout.fast }
  return {
    thread: { ...unrolled, shapes, layout: cut },
    output: outputOf(cut),
    inner: sizeOf([...layout.slow.slice(axis + 1), ...layout.fast]),
  }
}
