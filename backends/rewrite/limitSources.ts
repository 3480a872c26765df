/** Splits a kernel that reads more arrays than a device allows: a part of its body is stored first. */
import { type Index, load, type Scalar } from '../../lang/kernel/index.ts'
import { makeLoops } from '../../lang/kernel/loops.ts'
import { partsOf, replaced } from './scalars.ts'
import type { Split } from './splitLong.ts'

const sourcesIn = (root: Scalar): ReadonlySet<number> =>
  new Set([...partsOf(root)].flatMap((s) => (s._tag === 'Load' ? [s.source] : [])))

/**
 * The part outside all loops that reads at most `most` arrays and leaves the fewest for the rest. Undefined if the body
 * reads no more than `most`, or if every such part is in a loop.
 */
export const limitSources = (
  axes: readonly Index[],
  body: Scalar,
  sources: number,
  most: number,
): Split | undefined => {
  const all = sourcesIn(body).size
  if (all <= most) return undefined
  const loops = makeLoops()
  loops.bind(axes)
  let best: { readonly left: number; readonly part: Scalar; readonly body: Scalar } | undefined
  for (const part of partsOf(body)) {
    if (part === body || loops.free(part).length > 0) continue
    const reads = sourcesIn(part).size
    if (reads < 2 || reads > most) continue
    const rest = replaced(body, new Map([[part, load(sources, axes, part.dtype)]]))
    const left = sourcesIn(rest).size
    if (left < all && (best === undefined || left < best.left)) best = { left, part, body: rest }
  }
  return best && { axes, part: best.part, body: best.body }
}
