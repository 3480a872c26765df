/**
 * The matrix core. Blocks of the two operands are packed into panels of 4 rows and of 8 columns by kernels of their own,
 * so every layout, and every computation fused into an operand, is read once; a micro-kernel keeps 4 x 8 sums in
 * registers; a last kernel applies what follows the sum, and puts the elements where they belong.
 */
import { type Index, idiv, index, load, mod, plus, type Scalar, times } from '../../lang/kernel/index.ts'
import { type DType, type Shape, sizeOf, strides } from '../../lang/shape.ts'
import { substitute } from '../schedule/substitute.ts'
import { constantOf, type Linear, scale, sum, termOf, toScalar, zero } from './address.ts'
import {
  type Code,
  count,
  type Func,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  memory,
  none,
  seq,
  v128,
} from './assembler.ts'
import type { Contraction } from './contraction.ts'
import type { Library } from './functions/library.ts'
import { type Place, writeKernel } from './kernel.ts'
import type { Arena } from './layout.ts'
import { lower, mentions } from './lower.ts'
import { replaced } from './replace.ts'
import { all, first, type Section, single, type Team } from './team.ts'

const tall = 4
const wide = 8
/** Elements of a packed block: what stays in a second-level cache. */
const blockSize = 1 << 16
/** Products that pay for waiting for one another. */
const largeProduct = 1 << 18

const product = (is: readonly Index[]): number => sizeOf(is.map((i) => i.size))
/** Enough arithmetic to pay for packing, and not most of it in the margins of tiles. */
export const isWorthPacking = (c: Contraction): boolean => {
  const [m, n, k] = [product(c.rows), product(c.columns), product(c.summed)]
  const padded = Math.ceil(m / tall) * tall * Math.ceil(n / wide) * wide
  return m * n * k >= 8192 && k >= 8 && m >= 3 && n >= 4 && padded <= 2.2 * m * n
}

/** The first index of a list cut in blocks: its value is by * block + rest. */
interface Cut {
  readonly block: Index
  readonly rest: readonly Index[]
  /** The old first index in terms of the new ones. */
  readonly values: ReadonlyMap<Index, Scalar>
}
/** As few blocks as there can be, whose size keeps `weight` elements for each value of the rest below a limit. */
const cut = (indices: readonly Index[], weight: number): Cut => {
  const [first, ...others] = indices
  if (first === undefined) return { block: index(1), rest: [], values: new Map() }
  const each = weight * product(others)
  const fits = (chunk: number): boolean => first.size % chunk === 0 && chunk * each <= blockSize
  const chunk = Array.from({ length: first.size }, (_, k) => first.size - k).find(fits) ?? 1
  const [block, rest] = [index(first.size / chunk), index(chunk)]
  const value = plus(times(block, chunk), rest)
  return { block, rest: [rest, ...others], values: new Map([[first, value]]) }
}
/** The indices whose row-major position is `flat`, which may run past the end in the first. */
const unflattened = (
  indices: readonly Index[],
  flat: Scalar,
  sizes: Shape = indices.map((i) => i.size),
): ReadonlyMap<Index, Scalar> => {
  const by = strides(sizes)
  return new Map(
    indices.map((i, d) => {
      const q = idiv(flat, by[d] as number)
      return [i, d === 0 ? q : mod(q, sizes[d] as number)]
    }),
  )
}
const position = (indices: readonly Index[], sizes: Shape = indices.map((i) => i.size)): Linear => {
  const by = strides(sizes)
  return indices.reduce((a, i, d) => sum(a, scale(termOf(i), by[d] as number)), zero)
}
/** The sizes of the columns' axes in a packed block: the last is rounded up where four lanes would cross its end. */
const roomFor = (indices: readonly Index[]): Shape => {
  const sizes = indices.map((i) => i.size)
  const last = sizes.at(-1) ?? 1
  const padded = Math.ceil(last / 4) * 4
  return sizes.length > 1 && padded <= 1.35 * last ? [...sizes.slice(0, -1), padded] : sizes
}
const both = (s: Scalar, ...maps: readonly ReadonlyMap<Index, Scalar>[]): Scalar => maps.reduce(substitute, s)

export interface GemmStep {
  readonly axes: readonly Index[]
  readonly body: Scalar
  readonly shapes: readonly Shape[]
  readonly reads: readonly Place[]
  readonly out: Place
  readonly dtype: DType
  readonly label: string
}
interface Target {
  readonly m: ModuleBuilder
  readonly lib: Library
  readonly arena: Arena
  readonly local: () => Local<'i32'>
  readonly relaxed: boolean
  readonly team: Team
}

export const writeGemm = ({ m, lib, arena, local, relaxed, team }: Target, c: Contraction, s: GemmStep): Section => {
  const rows = product(c.rows)
  const k = product(c.summed)
  if (team.threads > 1 && product(c.batch) * rows * product(c.columns) * k < largeProduct)
    return writeGemm({ m, lib, arena, local, relaxed, team: single }, c, s)
  const padded = Math.ceil(rows / tall) * tall
  // columns are cut where the packed right side is large, sums only where there is nothing else to cut
  const columnCut = cut(c.columns, k)
  const short = product(columnCut.rest) * k <= 4 * blockSize
  const sumCut = cut(c.summed, short ? 0 : product(c.columns) + padded)
  const cutColumns = short ? columnCut : cut(c.columns, 0)
  const [columnBlock, sumBlock] = [cutColumns.block, sumCut.block]
  const depth = product(sumCut.rest)
  const room = roomFor(cutColumns.rest)
  const breadth = Math.ceil(sizeOf(room) / wide) * wide

  // many blocks: each thread takes some, in scratch of its own; few: all threads work on every block together
  const leftMoves = sumBlock.size > 1
  const apart = team.threads > 1 && !leftMoves && product(c.batch) * columnBlock.size >= 2 * team.threads
  const scratch = (elements: number): Place => {
    if (!apart) return arena.take(elements)
    const each = Math.ceil(elements / 16) * 16
    const whole = arena.take(each * team.threads)
    return { base: whole.base, size: elements, shift: i32.mul(team.me, i32.const(4 * each)) }
  }
  const leftApart =
    apart && c.batch.length > 0 && c.rows.length + c.summed.length > 0 && c.batch.some((i) => mentions(c.left, i))
  const left = leftApart ? scratch(padded * depth) : arena.take(padded * depth)
  const right = scratch(breadth * depth)
  const blocks: readonly [Index, Index] = [columnBlock, sumBlock]
  /** A kernel over an outer counter: the batch and blocks that it moves with. */
  const over = (
    outer: readonly Index[],
    axes: readonly Index[],
    body: Scalar,
    to: Linear,
    place: Place,
    dtype: DType,
    part: string,
    reads = s.reads,
    shapes = s.shapes,
  ) => {
    const turn = index(product(outer))
    const found = unflattened(outer, turn)
    const moved: Linear = [...to.terms].reduce(
      (a, [t, by]) =>
        sum(a, t._tag === 'Index' && found.has(t) ? scale(termOf(found.get(t) as Scalar), by) : scale(termOf(t), by)),
      constantOf(to.constant),
    )
    const lowered = lower([turn, ...axes], substitute(body, found), shapes, moved, turn)
    return {
      written: writeKernel(m, lib, lowered, reads, place, dtype, `${s.label}: ${part}`),
      outer,
      single: turn.size === 1,
    }
  }
  const panel = (count: number): Index => index(count)

  const rowPanel = panel(padded / tall)
  const row = index(tall)
  const leftBody = both(c.left, sumCut.values, unflattened(c.rows, plus(times(rowPanel, tall), row)))
  const leftTo = sum(sum(scale(termOf(rowPanel), depth * tall), scale(position(sumCut.rest), tall)), termOf(row))
  const packLeft = over([...c.batch, sumBlock], [rowPanel, ...sumCut.rest, row], leftBody, leftTo, left, 'real', 'left')

  const columnPanel = panel(breadth / wide)
  const [half, column] = [index(2), index(4)]
  const flat = plus(times(columnPanel, wide), plus(times(half, 4), column))
  const rightBody = both(c.right, sumCut.values, cutColumns.values, unflattened(cutColumns.rest, flat, room))
  const rightTo = sum(
    sum(scale(termOf(columnPanel), depth * wide), scale(position(sumCut.rest), wide)),
    sum(scale(termOf(half), 4), termOf(column)),
  )
  const packRight = over(
    [...c.batch, ...blocks],
    [columnPanel, ...sumCut.rest, half, column],
    rightBody,
    rightTo,
    right,
    'real',
    'right',
  )

  // -- the sums: straight to the output where nothing follows and tiles fit, else to a block of their own
  const result = scratch(padded * breadth)
  const element = sum(scale(position(c.rows), breadth), position(cutColumns.rest, room))
  const done = new Map<Scalar, Scalar>([[c.sum, load(s.reads.length, [toScalar(element)], 'real')]])
  const finished = both(replaced(s.body, done), cutColumns.values)
  const outAxes = s.axes.filter((i) => i.size > 1)
  const outBy = strides(s.axes.map((i) => i.size))
  const outAt = s.axes.reduce<Linear>(
    (a, i, d) => (i.size > 1 ? sum(a, scale(termOf(i), outBy[d] as number)) : a),
    zero,
  )
  const firstColumn = c.columns[0]
  const cutAt: Linear = [...outAt.terms].reduce<Linear>((a, [t, by]) => {
    if (t !== firstColumn) return sum(a, scale(termOf(t), by))
    const [rest] = cutColumns.rest
    return sum(sum(a, scale(termOf(columnBlock), by * (rest?.size ?? 1))), rest ? scale(termOf(rest), by) : zero)
  }, zero)
  const inner = outAxes
    .filter((i) => !c.batch.includes(i))
    .map((i) => (i === firstColumn ? (cutColumns.rest[0] as Index) : i))
  const finish = over(
    [...c.batch, columnBlock],
    inner,
    finished,
    cutAt,
    s.out,
    s.dtype,
    'finish',
    [...s.reads, result],
    [...s.shapes, [padded * breadth]],
  )
  const core = microKernel(m, {
    left,
    right,
    result,
    padded,
    breadth,
    depth,
    accumulate: sumBlock.size > 1,
    relaxed,
    label: s.label,
  })

  // -- the loops over batches and blocks
  const batch = local()
  const [cb, sb] = [local(), local()]
  const at = (outer: readonly Index[]): Code<'i32'> =>
    outer.reduce<Code<'i32'>>(
      (a, i) => {
        const value = i === columnBlock ? cb.get : i === sumBlock ? sb.get : undefined
        return value ? i32.add(i32.mul(a, i32.const(i.size)), value) : a
      },
      c.batch.length > 0 ? batch.get : i32.const(0),
    )
  type Part = typeof finish
  const whole = ({ written, outer, single }: Part): Code =>
    single
      ? written.run.call(i32.const(0), i32.const(written.count))
      : written.run.call(at(outer), i32.add(at(outer), i32.const(1)))
  /** By all threads where the part has a range to cut, else by one. */
  const together = (part: Part, thread: number): Code =>
    part.single
      ? team.shared(part.written.count, part.written.grain, (from, to) => part.written.run.call(from, to))
      : team.by(thread, whole(part))
  const loop = (i: Local<'i32'>, n: number, body: Code): Code =>
    n === 1 ? seq(i.set(i32.const(0)), body) : count(i, i32.const(0), i32.const(n), 1, body)
  const panels = i32.const(padded / tall)
  const batches = product(c.batch)
  const leftIsFixed = !leftMoves && !packLeft.outer.some((i) => i.size > 1 && mentions(c.left, i))

  if (apart) {
    const turn = local()
    const blocks = columnBlock.size
    const body = seq(
      batch.set(i32.div(turn.get, i32.const(blocks))),
      cb.set(i32.rem(turn.get, i32.const(blocks))),
      sb.set(i32.const(0)),
      leftIsFixed ? none : whole(packLeft),
      whole(packRight),
      core.call(i32.const(0), panels),
      whole(finish),
    )
    const once = seq(batch.set(i32.const(0)), sb.set(i32.const(0)), together(packLeft, 0), team.barrier())
    const each = team.shared(batches * blocks, 1, (from, to) => count(turn, from, to, 1, body))
    return all(seq(leftIsFixed ? once : none, each, team.barrier()))
  }
  const clear = leftMoves
    ? seq(team.alone(memory.fill(i32.const(result.base), i32.const(0), i32.const(4 * result.size))), team.barrier())
    : none
  const sums = loop(
    sb,
    sumBlock.size,
    seq(
      leftMoves ? together(packLeft, 1) : none,
      together(packRight, 0),
      team.barrier(),
      team.shared(padded / tall, 1, (from, to) => core.call(from, to)),
      team.barrier(),
    ),
  )
  const columns = loop(cb, columnBlock.size, seq(clear, sums, together(finish, 0), team.barrier()))
  const code = loop(batch, batches, seq(sb.set(i32.const(0)), leftMoves ? none : together(packLeft, 1), columns))
  return team.threads > 1 ? all(code) : first(code)
}
interface Core {
  readonly left: Place
  readonly right: Place
  readonly result: Place
  readonly padded: number
  readonly breadth: number
  readonly depth: number
  /** Onto what is there; else from 0. */
  readonly accumulate: boolean
  readonly relaxed: boolean
  readonly label: string
}
/** result[m, n] (+)= sum_k left[m, k] right[k, n], four rows by eight columns at a time. */
const microKernel = (m: ModuleBuilder, o: Core): Func<readonly ['i32', 'i32'], 'none'> =>
  m.func(
    ['i32', 'i32'],
    'none',
    (local, from, to) => {
      const [rowPanel, columnPanel, rowBlock] = [local('i32'), local('i32'), local('i32')]
      const [a, b, c, end] = [local('i32'), local('i32'), local('i32'), local('i32')]
      const sums = Array.from({ length: tall }, () => [local('v128'), local('v128')] as const)
      const [b0, b1, x] = [local('v128'), local('v128'), local('v128')]
      const madd = (p: Code<'v128'>, q: Code<'v128'>, r: Code<'v128'>): Code<'v128'> =>
        o.relaxed ? f32x4.relaxedMadd(p, q, r) : f32x4.add(r, f32x4.mul(p, q))
      const turn = (k: number): Code =>
        seq(
          b0.set(v128.load(b.get, 32 * k)),
          b1.set(v128.load(b.get, 32 * k + 16)),
          ...sums.flatMap(([left, right], r) => [
            x.set(v128.loadSplat(a.get, 16 * k + 4 * r)),
            left.set(madd(x.get, b0.get, left.get)),
            right.set(madd(x.get, b1.get, right.get)),
          ]),
        )
      const advance = (n: number): Code =>
        seq(a.set(i32.add(a.get, i32.const(16 * n))), b.set(i32.add(b.get, i32.const(32 * n))))
      const unroll = 1
      const whole = o.depth - (o.depth % unroll)
      const run = (turns: number): Code => seq(...Array.from({ length: turns }, (_, k) => turn(k)))
      const byte = (i: Local<'i32'>, by: number): Code<'i32'> => i32.mul(i.get, i32.const(by))
      const line = 4 * o.breadth
      const tile = seq(
        a.set(i32.add(byte(rowPanel, 4 * tall * o.depth), based(o.left))),
        b.set(i32.add(byte(columnPanel, 4 * wide * o.depth), based(o.right))),
        c.set(i32.add(i32.add(byte(rowPanel, tall * line), byte(columnPanel, 4 * wide)), based(o.result))),
        ...sums.flatMap(([left, right], r) =>
          o.accumulate
            ? [left.set(v128.load(c.get, r * line)), right.set(v128.load(c.get, r * line + 16))]
            : [left.set(f32x4.const(0)), right.set(f32x4.const(0))],
        ),
        end.set(i32.const(0)),
        whole > 0 ? count(end, i32.const(0), i32.const(whole), unroll, seq(run(unroll), advance(unroll))) : none,
        run(o.depth - whole),
        ...sums.flatMap(([left, right], r) => [
          v128.store(c.get, left.get, r * line),
          v128.store(c.get, right.get, r * line + 16),
        ]),
      )
      const panels = o.padded / tall
      // rows whose panels stay in the second-level cache while the columns pass
      const block = Math.max(1, Math.min(panels, Math.floor(blockSize / (tall * o.depth))))
      const stop = local('i32')
      const last = i32.add(rowBlock.get, i32.const(block))
      return count(
        rowBlock,
        from.get,
        to.get,
        block,
        seq(
          stop.set(minimum(last, to.get)),
          count(
            columnPanel,
            i32.const(0),
            i32.const(o.breadth / wide),
            1,
            count(rowPanel, rowBlock.get, stop.get, 1, tile),
          ),
        ),
      )
    },
    `${o.label}: ${o.padded} x ${o.breadth} x ${o.depth}`,
  )
const based = ({ base, shift }: Place): Code<'i32'> => (shift ? i32.add(shift, i32.const(base)) : i32.const(base))
const minimum = (x: Code<'i32'>, y: Code<'i32'>): Code<'i32'> => i32.sub(x, i32.mul(i32.gt(x, y), i32.sub(x, y)))
