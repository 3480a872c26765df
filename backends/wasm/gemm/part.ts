/**
 * A kernel that packs an operand, or finishes a result: a function of a range of one counter. The counter runs over the
 * batch and the block of columns that the kernel depends on, and within them over the first of its own axes.
 */
import { type Index, index, type Scalar } from '../../../lang/kernel/index.ts'
import { constantOf, isIndex, type Linear, scale, sum, termOf, toScalar } from '../../rewrite/linear.ts'
import { substitute } from '../../rewrite/substitute.ts'
import type { KernelFunction } from '../kernel/kernel.ts'
import { type Lowered, lower } from '../kernel/lower.ts'
import { writeOnce } from '../kernel/shared.ts'
import { formOfSpec, type KernelSpec, type Writer } from '../kernel/writer.ts'
import { product, unflattened } from './blocks.ts'

export interface Part {
  readonly kernel: KernelFunction
  /** The indices that it depends on. */
  readonly outer: readonly Index[]
  /** Iterations of the counter for each value of these. */
  readonly each: number
}
/** Computes the elements for every value of the outer indices; `to` is their address in terms of all indices. */
export const writePart = (w: Writer, outer: readonly Index[], e: KernelSpec, to: Linear): Part => {
  const each = e.axes[0]?.size ?? 1
  const form = e.repeated ? `part ${outer.length} ${placedForm(outer, e, to)}` : undefined
  return { kernel: writeOnce(w, e, form, () => nestOf(outer, e, to)), outer, each }
}
/** The form of a kernel that stores its elements at an address. */
const placedForm = (outer: readonly Index[], e: KernelSpec, to: Linear): string => {
  const body: Scalar = { _tag: 'Call', dtype: e.dtype, fn: 'add', args: [e.body, toScalar(to)] }
  return formOfSpec({ ...e, axes: [...outer, ...e.axes], body })
}
const nestOf = (outer: readonly Index[], e: KernelSpec, to: Linear): Lowered => {
  const [head, ...axes] = e.axes
  const each = head?.size ?? 1
  const counter = index(product(outer) * each)
  const values = unflattened([...outer, ...(head ? [head] : [])], counter)
  const address = [...to.terms].reduce<Linear>(
    (a, [t, by]) => sum(a, scale(termOf((isIndex(t) ? values.get(t) : undefined) ?? t), by)),
    constantOf(to.constant),
  )
  return lower([counter, ...axes], substitute(e.body, values), e.shapes, address, counter)
}
/** A kernel has no axis for a counter of size 1; then its next axis is the outermost. */
export const iterationsOf = ({ kernel, each, outer }: Part): readonly [iterations: number, grain: number] =>
  product(outer) * each === 1 ? [kernel.count, kernel.grain] : [each, 1]
