/**
 * A kernel that packs an operand, or finishes a result: a function of a range of one counter. The counter runs over the
 * batch and the block of columns that the kernel depends on, and within them over the first of its own axes.
 */
import { type Index, index } from '../../../lang/kernel/index.ts'
import { constantOf, isIndex, type Linear, scale, sum, termOf } from '../../rewrite/linear.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { type KernelFunction, writeKernel } from '../kernel/kernel.ts'
import { lower } from '../kernel/lower.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'
import { product, unflattened } from './blocks.ts'

export interface Part {
  readonly kernel: KernelFunction
  /** The indices that it depends on. */
  readonly outer: readonly Index[]
  /** Iterations of the counter for each value of these. */
  readonly each: number
}
/** Computes the elements for every value of the outer indices; `to` is their address in terms of all indices. */
export const writePart = ({ m, lib }: Writer, outer: readonly Index[], e: KernelSpec, to: Linear): Part => {
  const [head, ...axes] = e.axes
  const each = head?.size ?? 1
  const counter = index(product(outer) * each)
  const values = unflattened([...outer, ...(head ? [head] : [])], counter)
  const address = [...to.terms].reduce<Linear>(
    (a, [t, by]) => sum(a, scale(termOf((isIndex(t) ? values.get(t) : undefined) ?? t), by)),
    constantOf(to.constant),
  )
  const nest = lower([counter, ...axes], substitute(e.body, values), e.shapes, address, counter)
  return { kernel: writeKernel(m, lib, { ...e, nest }), outer, each }
}
/** A kernel has no axis for a counter of size 1; then its next axis is the outermost. */
export const iterationsOf = ({ kernel, each, outer }: Part): readonly [iterations: number, grain: number] =>
  product(outer) * each === 1 ? [kernel.count, kernel.grain] : [each, 1]
