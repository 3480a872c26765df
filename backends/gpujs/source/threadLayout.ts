/** How the axes of an output become gpu.js's thread indices. */
import { type Shape, sizeOf } from '../../../lang/syntax/shape.ts'

/** `fast` axes are joined in thread.x, the slow ones before them in thread.y; without slow axes there is no thread.y. */
export interface ThreadLayout {
  readonly slow: Shape
  readonly fast: Shape
}
export const flat = (shape: Shape): ThreadLayout => ({ slow: [], fast: shape })
/** Rows on a device: textures are at most so high everywhere; more rows are joined, or all is in one axis. */
const highest = 4096
/**
 * As few fast axes as make rows of some length, and not too many rows: what does not depend on them is then the same for a
 * whole row.
 */
export const rows = (shape: Shape): ThreadLayout => {
  const from = shape.findLastIndex((_, d) => sizeOf(shape.slice(d)) >= 8 && sizeOf(shape.slice(0, d)) <= highest)
  return from <= 0 ? flat(shape) : { slow: shape.slice(0, from), fast: shape.slice(from) }
}
export const outputOf = ({ slow, fast }: ThreadLayout): readonly number[] =>
  slow.length === 0 ? [sizeOf(fast)] : [sizeOf(fast), sizeOf(slow)]
