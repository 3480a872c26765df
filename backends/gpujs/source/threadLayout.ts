/** What a thread computes, and how the axes of the output become its thread indices. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { type Shape, sizeOf, strides } from '../../../lang/syntax/shape.ts'
import type { Syntax } from './syntax.ts'

/** The `fast` axes share thread.x, the slow axes before them thread.y, which is absent without slow axes. */
export interface ThreadLayout {
  readonly slow: Shape
  readonly fast: Shape
}
export interface Thread {
  /** The output's. */
  readonly indices: readonly Index[]
  /** The elements that one thread computes, usually one. */
  readonly bodies: readonly Scalar[]
  /** Of the arrays that it reads. */
  readonly shapes: readonly Shape[]
  readonly layout: ThreadLayout
}

export const flat = (shape: Shape): ThreadLayout => ({ slow: [], fast: shape })
/** Rows that every device allows in a texture. A shape with more rows has fewer slow axes, or none. */
const highest = 4096
/**
 * As few fast axes as give rows of 8 elements or more, and at most `highest` rows. What does not depend on the fast
 * axes is then the same for a whole row.
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
  readonly sizes: Shape
  readonly indices: readonly Index[]
}
export const axisGroups = ({ indices, layout: { slow, fast } }: Thread, { thread }: Syntax): readonly AxisGroup[] => [
  { thread: thread.y, sizes: slow, indices: indices.slice(0, slow.length) },
  { thread: thread.x, sizes: fast, indices: indices.slice(slow.length) },
]
/** The index of every axis of a group as an expression of the thread index; 0 for an axis of size 1. */
export const axisTexts = ({ sizes, thread }: AxisGroup, { quotient }: Syntax): readonly string[] => {
  const by = strides(sizes)
  const divided = (n: number): string => (n === 1 ? thread : quotient(thread, n, sizeOf(sizes)))
  return sizes.map((n, d) => {
    if (n === 1) return '0'
    const stride = by[d] as number
    const isOutermost = sizeOf(sizes.slice(0, d)) === 1
    return isOutermost ? divided(stride) : `${divided(stride)}-${n}*${quotient(thread, stride * n, sizeOf(sizes))}`
  })
}
