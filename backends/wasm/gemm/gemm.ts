/**
 * A matrix product. The core reads operands in rows from their arrays. Other operands are packed first, by kernels, into
 * panels of 4 rows and of two vectors of columns, in blocks that stay in the second-level cache. So an operand in any layout, or with
 * any computation fused into it, is read once. A last kernel computes what follows the sum, and stores the elements in
 * order. If nothing follows and the tiles fit, the core writes the sums to the output itself.
 */

import type { Contraction } from '../../rewrite/contraction.ts'
import { type Code, count, i32, type Locals, none, seq } from '../assembler/index.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'
import { single } from '../threads/team.ts'
import { type BlockIteration, blockIteration } from './blockLoop.ts'
import { blockSize } from './blocks.ts'
import { ordered } from './columns.ts'
import { tall, wideOf, writeCore } from './core.ts'
import { leftOf, resultOf, rightOf } from './operands.ts'
import { iterationsOf, type Part } from './part.ts'
import { isWorthSharing, tilingOf } from './tiling.ts'

type Int = Code<'i32'>

export const writeGemm = (given: Writer, found: Contraction, s: KernelSpec): Code => {
  const { element } = given.lib
  const wide = wideOf(element)
  const c: Contraction = { ...found, columns: ordered(element, found, s.shapes) }
  const w: Writer = isWorthSharing(c, s) ? given : { ...given, team: single }
  const { team } = w
  const t = tilingOf(element, c, team.threads)
  const [left, right, result] = [leftOf(w, t, s), rightOf(w, t, s), resultOf(w, t, s)]
  const panels = t.rows / tall
  const core = writeCore(w, `${s.label}: ${t.rows} x ${t.breadth} x ${t.depth}`, {
    element,
    left: left.layout,
    right: right.layout,
    line: s.out.width * result.line,
    columnPanels: t.breadth / wide,
    depth: t.depth,
    block: Math.max(1, Math.min(panels, Math.floor(blockSize(element) / (tall * t.depth)))),
    relaxed: w.relaxed,
  })

  const zero = i32.const(0)
  const isFixed = left.part?.outer.length === 0
  const moving = isFixed ? undefined : left.part
  const product = (at: BlockIteration, from: Int, until: Int): Code =>
    core.call(from, until, left.at(at), right.at(at), result.at(at))

  /** A part for one iteration, by all threads. */
  const together = (p: Part | undefined, iteration: Int): Code =>
    p === undefined
      ? none
      : team.shared(w.locals, ...iterationsOf(p), (inside, from, until) => {
          const { start, some } = blockIteration(t, inside, iteration)
          return seq(start, some(p, from, until))
        })
  const once = isFixed ? together(left.part, zero) : none

  if (team.threads === 1 || t.apart) {
    /** A whole iteration, by one thread. */
    const alone = (inside: Locals, iteration: Int): Code => {
      const at = blockIteration(t, inside, iteration)
      const all = (p: Part | undefined): Code => (p === undefined ? none : at.all(p))
      return seq(at.start, all(moving), all(right.part), product(at, zero, i32.const(panels)), all(result.part))
    }
    const blocks = team.shared(w.locals, t.blocks, 1, (inside, from, until) => {
      const iteration = inside('i32')
      return count(iteration, from, until, 1, alone(inside, iteration.get))
    })
    return seq(once, blocks)
  }
  const iteration = w.locals('i32')
  const rows = team.shared(w.locals, panels, 1, (inside, from, until) => {
    const at = blockIteration(t, inside, team.published)
    return seq(at.start, product(at, from, until))
  })
  const parts = seq(
    together(moving, team.published),
    together(right.part, team.published),
    rows,
    together(result.part, team.published),
  )
  return seq(once, count(iteration, zero, i32.const(t.blocks), 1, seq(team.publish(iteration.get), parts)))
}
