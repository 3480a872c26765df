/**
 * A kernel that packs an operand, or finishes a result: a function of a range of one counter, which runs over the batch and
 * the block of columns that it moves with, and within them over the first of its own axes.
 */
import { type Index, index } from '../../../lang/kernel/index.ts'
import { constantOf, isIndex, type Linear, scale, sum, termOf } from '../../rewrite/linear.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { type Written, writeKernel } from '../kernel/kernel.ts'
import { lower } from '../kernel/lower.ts'
import type { Elements, Writer } from '../kernel/writer.ts'
import { product, unflattened } from './blocks.ts'

export interface Part {
  readonly written: Written
  /** The indices that it moves with. */
  readonly outer: readonly Index[]
  /** Turns of the counter for each value of theirs. */
  readonly each: number
}
/** The elements for every value of the outer indices, to an address in terms of these and of the axes. */
export const writePart = ({ m, lib }: Writer, outer: readonly Index[], e: Elements, to: Linear): Part => {
  const [head, ...axes] = e.axes
  const each = head?.size ?? 1
  const turn = index(product(outer) * each)
  const values = unflattened([...outer, ...(head ? [head] : [])], turn)
  const moved = [...to.terms].reduce<Linear>(
    (a, [t, by]) => sum(a, scale(termOf((isIndex(t) ? values.get(t) : undefined) ?? t), by)),
    constantOf(to.constant),
  )
  const nest = lower([turn, ...axes], substitute(e.body, values), e.shapes, moved, turn)
  return { written: writeKernel(m, lib, { ...e, nest }), outer, each }
}
/** A counter of one turn is no axis of its kernel, whose next axis then stands first. */
export const turnsOf = ({ written, each, outer }: Part): readonly [turns: number, grain: number] =>
  product(outer) * each === 1 ? [written.count, written.grain] : [each, 1]
