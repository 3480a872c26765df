/**
 * The matrix core. Operands that stand in rows are read where they are; the others are packed, in blocks that stay in the
 * second-level cache, into panels of 4 rows and of 8 columns by kernels of their own, so that every layout, and every
 * computation fused into an operand, is read once. A last kernel applies what follows the sum, and puts the elements where
 * they belong; where nothing follows and tiles fit, the sums go straight to the output.
 */

import type { Contraction } from '../../rewrite/contraction.ts'
import { type Code, count, i32, type Locals, none, seq } from '../assembler/index.ts'
import type { Elements, Writer } from '../kernel/writer.ts'
import { single } from '../threads/team.ts'
import { type Turn, turnAt } from './blockLoop.ts'
import { blockSize } from './blocks.ts'
import { ordered } from './columns.ts'
import { tall, wide, writeCore } from './core.ts'
import { leftOf, resultOf, rightOf } from './operands.ts'
import { type Part, turnsOf } from './part.ts'
import { isWorthSharing, tilingOf } from './tiling.ts'

type Int = Code<'i32'>

export const writeGemm = (given: Writer, found: Contraction, s: Elements): Code => {
  const c: Contraction = { ...found, columns: ordered(found, s.shapes) }
  const w: Writer = isWorthSharing(c, s) ? given : { ...given, team: single }
  const { team } = w
  const t = tilingOf(c, team.threads)
  const [left, right, result] = [leftOf(w, t, s), rightOf(w, t, s), resultOf(w, t, s)]
  const panels = t.rows / tall
  const core = writeCore(w.m, {
    left: left.layout,
    right: right.layout,
    line: 4 * result.line,
    columnPanels: t.breadth / wide,
    depth: t.depth,
    block: Math.max(1, Math.min(panels, Math.floor(blockSize / (tall * t.depth)))),
    relaxed: w.relaxed,
    label: `${s.label}: ${t.rows} x ${t.breadth} x ${t.depth}`,
  })

  const zero = i32.const(0)
  const isFixed = left.part?.outer.length === 0
  const moving = isFixed ? undefined : left.part
  const product = (at: Turn, from: Int, until: Int): Code =>
    core.call(from, until, left.at(at), right.at(at), result.at(at))

  /** A part at a turn, by all threads. */
  const together = (p: Part | undefined, turn: Int): Code =>
    p === undefined
      ? none
      : team.shared(w.locals, ...turnsOf(p), (made, from, until) => {
          const { start, some } = turnAt(t, made, turn)
          return seq(start, some(p, from, until))
        })
  const once = isFixed ? together(left.part, zero) : none

  if (team.threads === 1 || t.apart) {
    /** All of a turn, by one. */
    const alone = (made: Locals, turn: Int): Code => {
      const at = turnAt(t, made, turn)
      const all = (p: Part | undefined): Code => (p === undefined ? none : at.all(p))
      return seq(at.start, all(moving), all(right.part), product(at, zero, i32.const(panels)), all(result.part))
    }
    const blocks = team.shared(w.locals, t.blocks, 1, (made, from, until) => {
      const turn = made('i32')
      return count(turn, from, until, 1, alone(made, turn.get))
    })
    return seq(once, blocks)
  }
  const turn = w.locals('i32')
  const rows = team.shared(w.locals, panels, 1, (made, from, until) => {
    const at = turnAt(t, made, team.told)
    return seq(at.start, product(at, from, until))
  })
  const parts = seq(
    together(moving, team.told),
    together(right.part, team.told),
    rows,
    together(result.part, team.told),
  )
  return seq(once, count(turn, zero, i32.const(t.blocks), 1, seq(team.tell(turn.get), parts)))
}
