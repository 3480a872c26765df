/** What a thread computes, and how the axes of the output become its thread indices. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import type { Syntax } from './syntax.ts'

/** The `fast` axes share thread.x, the slow axes before them thread.y, which is absent without slow axes. */
export interface ThreadLayout {
  readonly slow: Shape
  readonly fast: Shape
}
export interface Thread {
  /** The shape of the output. */
  readonly indices: readonly Index[]
  /** The elements that one thread computes, usually one. */
  readonly bodies: readonly Scalar[]
  /** The shapes of the arrays that it reads. */
  readonly shapes: readonly Shape[]
  readonly layout: ThreadLayout
}

export const flat = (shape: Shape): ThreadLayout => ({ slow: [], fast: shape })
/** The number of rows that every device allows in a texture. A shape with more rows gets fewer slow axes, or none. */
const highest = 4096
/**
 * The fewest fast axes with which rows have at least 8 elements, and there are at most `highest` rows. What does not
 * depend on the fast axes is then the same for a whole row.
 */
export const rows = (shape: Shape): ThreadLayout => {
  const from = shape.findLastIndex((_, d) => sizeOf(shape.slice(d)) >= 8 && sizeOf(shape.slice(0, d)) <= highest)
  return from <= 0 ? flat(shape) : { slow: shape.slice(0, from), fast: shape.slice(from) }
}
export const outputOf = ({ slow, fast }: ThreadLayout): readonly number[] =>
  slow.length === 0 ? [sizeOf(fast)] : [sizeOf(fast), sizeOf(slow)]

/** Axes that share a thread index, in row-major order. */
export interface AxisGroup {
  readonly thread: string
  readonly indices: readonly Index[]
}
export const axisGroups = ({ indices, layout: { slow } }: Thread, { thread }: Syntax): readonly AxisGroup[] => [
  { thread: thread.y, indices: indices.slice(0, slow.length) },
  { thread: thread.x, indices: indices.slice(slow.length) },
]
/** How many elements of the axes there are: the product of their sizes. */
export const extentOf = (indices: readonly Index[]): number => sizeOf(indices.map((i) => i.size))
/** The index of every axis of a group as an expression of the thread index; 0 for an axis of size 1. */
export const axisTexts = (
  { indices, thread }: AxisGroup,
  { quotient }: Syntax,
): readonly (readonly [Index, string])[] => {
  const divided = (n: number): string => (n === 1 ? thread : quotient(thread, n, extentOf(indices)))
  return indices.map((i, d) => {
    if (i.size === 1) return [i, '0']
    const stride = extentOf(indices.slice(d + 1))
    const isOutermost = extentOf(indices.slice(0, d)) === 1
    const outer = quotient(thread, stride * i.size, extentOf(indices))
    return [i, isOutermost ? divided(stride) : `${divided(stride)}-${i.size}*${outer}`]
  })
}
