/**
 * The matrix core. Operands that stand in rows are read where they are; the others are packed, in blocks that stay in the
 * second-level cache, into panels of 4 rows and of 8 columns by kernels of their own, so that every layout, and every
 * computation fused into an operand, is read once. A last kernel applies what follows the sum, and puts the elements where
 * they belong; where nothing follows and tiles fit, the sums go straight to the output.
 */

import { type Index, index, load, plus, type Scalar, times } from '../../../lang/kernel/index.ts'
import { type DType, sizeOf, strides } from '../../../lang/shape.ts'
import type { Contraction } from '../../kernel/contraction.ts'
import {
  coefficient,
  constantOf,
  isIndex,
  type Linear,
  scale,
  sum,
  termOf,
  toScalar,
  zero,
} from '../../kernel/linear.ts'
import { mentions, replaced } from '../../kernel/scalars.ts'
import { substitute } from '../../kernel/substitute.ts'
import { type Code, count, i32, type Locals, type ModuleBuilder, none, seq } from '../assembler/index.ts'
import type { Library } from '../functions/library.ts'
import { writeKernel } from '../kernel/kernel.ts'
import type { Place } from '../kernel/place.ts'
import type { Arena } from '../layout.ts'
import { lower } from '../lower.ts'
import { single, type Team } from '../team.ts'
import type { Elements } from '../writer.ts'
import { blockSize, position, product, roomFor, unflattened } from './blocks.ts'
import { cutColumns, ordered } from './columns.ts'
import { packedColumns, packedRows, tall, wide, writeCore } from './core.ts'
import { directResult, directRows, offset } from './direct.ts'

/** Products that pay for waiting for one another; and over arrays that do not fit a core's cache, for their way between cores. */
const largeProduct = 1 << 18
const largeProductOfMuch = 1 << 21
const much = 1 << 16

/** Enough arithmetic to pay for packing, and not most of it in the margins of tiles. */
export const isWorthPacking = (c: Contraction): boolean => {
  const [m, n, k] = [product(c.rows), product(c.columns), product(c.summed)]
  const padded = Math.ceil(m / tall) * tall * Math.ceil(n / wide) * wide
  return m * n * k >= 8192 && k >= 8 && m >= 3 && n >= 4 && padded <= 2.2 * m * n
}

interface Target {
  readonly m: ModuleBuilder
  readonly lib: Library
  readonly arena: Arena
  readonly locals: Locals
  readonly relaxed: boolean
  readonly team: Team
}
type Int = Code<'i32'>

export const writeGemm = (target: Target, found: Contraction, s: Elements): Code => {
  const { m, lib, arena, locals, relaxed, team } = target
  const c: Contraction = { ...found, columns: ordered(found, s.shapes) }
  const [rows, depth, batches] = [product(c.rows), product(c.summed), product(c.batch)]
  const products = batches * rows * product(c.columns) * depth
  const largest = [...s.reads, s.out].reduce((n, p) => Math.max(n, p.size), 0)
  if (team.threads > 1 && products < (largest > much ? largeProductOfMuch : largeProduct))
    return writeGemm({ ...target, team: single }, c, s)
  const padded = Math.ceil(rows / tall) * tall
  const columns = cutColumns(c.columns, depth, batches, team.threads)
  const block = columns.block
  const room = roomFor(columns.rest)
  const breadth = Math.ceil(sizeOf(room) / wide) * wide
  const blocks = batches * block.size

  // enough blocks: each thread takes some, in scratch of its own; else all work on every block together
  const apart = team.threads > 1 && blocks > 1 && (blocks % team.threads === 0 || blocks >= 4 * team.threads)
  const scratch = (elements: number): Place => {
    if (!apart) return arena.take(elements)
    const each = Math.ceil(elements / 16) * 16
    const whole = arena.take(each * team.threads)
    return { base: whole.base, size: elements, shift: i32.mul(team.me, i32.const(4 * each)) }
  }

  // -- kernels that pack and finish, over an outer counter: the batch and blocks that they move with --------------------

  const over = (
    outer: readonly Index[],
    [head, ...axes]: readonly Index[],
    body: Scalar,
    to: Linear,
    place: Place,
    part: string,
    dtype: DType = 'real',
    reads = s.reads,
    shapes = s.shapes,
  ) => {
    const each = head?.size ?? 1
    const turn = index(product(outer) * each)
    const values = unflattened([...outer, ...(head ? [head] : [])], turn)
    const moved: Linear = [...to.terms].reduce(
      (a, [t, by]) => sum(a, scale(termOf((isIndex(t) ? values.get(t) : undefined) ?? t), by)),
      constantOf(to.constant),
    )
    const lowered = lower([turn, ...axes], substitute(body, values), shapes, moved, turn)
    return { written: writeKernel(m, lib, lowered, reads, place, dtype, `${s.label}: ${part}`), outer, each }
  }
  type Part = ReturnType<typeof over>
  const both = (x: Scalar, ...maps: readonly ReadonlyMap<Index, Scalar>[]): Scalar => maps.reduce(substitute, x)

  const direct = directRows(c, s)
  const leftMoves = c.batch.some((i) => i.size > 1 && mentions(c.left, i))
  const packLeft = (): readonly [Part, Place] => {
    const place = leftMoves ? scratch(padded * depth) : arena.take(padded * depth)
    const [rowPanel, row] = [index(padded / tall), index(tall)]
    const body = both(c.left, unflattened(c.rows, plus(times(rowPanel, tall), row)))
    const to = sum(sum(scale(termOf(rowPanel), depth * tall), scale(position(c.summed), tall)), termOf(row))
    return [over(leftMoves ? c.batch : [], [rowPanel, ...c.summed, row], body, to, place, 'left'), place]
  }
  const left = direct ? undefined : packLeft()

  const right = scratch(breadth * depth)
  const packRight = ((): Part => {
    const [panel, half, column] = [index(breadth / wide), index(2), index(4)]
    const flat = plus(times(panel, wide), plus(times(half, 4), column))
    const body = both(c.right, columns.values, unflattened(columns.rest, flat, room))
    const inPanel = sum(scale(position(c.summed), wide), sum(scale(termOf(half), 4), termOf(column)))
    const to = sum(scale(termOf(panel), depth * wide), inPanel)
    return over([...c.batch, block], [panel, ...c.summed, half, column], body, to, right, 'right')
  })()

  const by = strides(s.axes.map((i) => i.size))
  const to = s.axes.reduce<Linear>((a, i, d) => (i.size > 1 ? sum(a, scale(termOf(i), by[d] as number)) : a), zero)
  const line = directResult(c, s, to, columns, breadth)
  const firstColumn = c.columns[0] as Index
  const finishing = (): readonly [Part, Place] => {
    const result = scratch(padded * breadth)
    const element = sum(scale(position(c.rows), breadth), position(columns.rest, room))
    const done = new Map<Scalar, Scalar>([[c.sum, load(s.reads.length, [toScalar(element)], 'real')]])
    const rest = columns.rest[0] as Index
    const at: Linear = [...to.terms].reduce<Linear>((a, [t, n]) => {
      if (t !== firstColumn) return sum(a, scale(termOf(t), n))
      return sum(a, sum(scale(termOf(block), n * rest.size), scale(termOf(rest), n)))
    }, zero)
    const inner = s.axes.filter((i) => i.size > 1 && !c.batch.includes(i)).map((i) => (i === firstColumn ? rest : i))
    const [reads, shapes] = [
      [...s.reads, result],
      [...s.shapes, [padded * breadth]],
    ]
    const body = both(replaced(s.body, done), columns.values)
    return [over([...c.batch, block], inner, body, at, s.out, 'finish', s.dtype, reads, shapes), result]
  }
  const finish = line === undefined ? finishing() : undefined

  const core = writeCore(m, {
    left: direct?.layout ?? packedRows(depth),
    right: packedColumns(depth),
    line: 4 * (line ?? breadth),
    columnPanels: breadth / wide,
    depth,
    block: Math.max(1, Math.min(padded / tall, Math.floor(blockSize / (tall * depth)))),
    relaxed,
    label: `${s.label}: ${padded} x ${breadth} x ${depth}`,
  })

  // -- the loop over batches and blocks ----------------------------------------------------------------------------------

  /** A counter of one turn is no axis of its kernel, whose next axis then stands first. */
  const turnsOf = ({ written, each, outer }: Part): readonly [turns: number, grain: number] =>
    product(outer) * each === 1 ? [written.count, written.grain] : [each, 1]
  const batchBy = strides(c.batch.map((i) => i.size))
  /** The parts at one turn, in the function that these locals are of. */
  const atTurn = (made: Locals, turn: Int) => {
    const [batch, cb] = [made('i32'), made('i32')]
    const start = seq(batch.set(i32.div(turn, i32.const(block.size))), cb.set(i32.rem(turn, i32.const(block.size))))
    const value = (i: Index): Int => {
      const d = c.batch.indexOf(i)
      return i32.rem(i32.div(batch.get, i32.const(batchBy[d] as number)), i32.const(i.size))
    }
    const counter = (outer: readonly Index[]): Int =>
      outer.includes(block)
        ? i32.add(i32.mul(batch.get, i32.const(block.size)), cb.get)
        : outer.length > 0
          ? batch.get
          : i32.const(0)
    const range = (p: Part, from: Int, until: Int): Code => {
      const first = i32.mul(counter(p.outer), i32.const(p.each))
      return p.written.run.call(i32.add(first, from), i32.add(first, until))
    }
    const leftAt = direct
      ? i32.add(i32.const(direct.place.base + 4 * direct.address.constant), offset(direct.address, c.batch, value))
      : addressOf((left as readonly [Part, Place])[1])
    const resultAt = finish
      ? addressOf(finish[1])
      : i32.add(
          i32.add(i32.const(s.out.base), offset(to, c.batch, value)),
          i32.mul(cb.get, i32.const(4 * (columns.rest[0]?.size ?? 1) * coefficient(to, firstColumn))),
        )
    return {
      start,
      range,
      whole: (p: Part): Code => range(p, i32.const(0), i32.const(turnsOf(p)[0])),
      sums: (from: Int, until: Int): Code => core.call(from, until, leftAt, addressOf(right), resultAt),
    }
  }
  const panels = padded / tall
  const fixed = left && !leftMoves ? left[0] : undefined
  const moving = left && leftMoves ? left[0] : undefined
  const alone = (made: Locals, turn: Int): Code => {
    const { start, whole, sums } = atTurn(made, turn)
    const packs = seq(moving ? whole(moving) : none, whole(packRight))
    return seq(start, packs, sums(i32.const(0), i32.const(panels)), finish ? whole(finish[0]) : none)
  }
  const blocksOf = (made: Locals, from: Int, until: Int): Code => {
    const turn = made('i32')
    return count(turn, from, until, 1, alone(made, turn.get))
  }
  const together = (p: Part, turn: Int): Code =>
    team.shared(locals, ...turnsOf(p), (made, from, until) => {
      const { start, range } = atTurn(made, turn)
      return seq(start, range(p, from, until))
    })
  const once = fixed ? together(fixed, i32.const(0)) : none
  if (team.threads === 1 || apart) return seq(once, team.shared(locals, blocks, 1, blocksOf))
  const turn = locals('i32')
  const rowsTogether = team.shared(locals, panels, 1, (made, from, until) => {
    const { start, sums } = atTurn(made, team.told)
    return seq(start, sums(from, until))
  })
  const parts = seq(
    moving ? together(moving, team.told) : none,
    together(packRight, team.told),
    rowsTogether,
    finish ? together(finish[0], team.told) : none,
  )
  return seq(once, count(turn, i32.const(0), i32.const(blocks), 1, seq(team.tell(turn.get), parts)))
}
const addressOf = ({ base, shift }: Place): Int => (shift ? i32.add(shift, i32.const(base)) : i32.const(base))
