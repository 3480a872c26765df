/**
 * The two operands and the result of the core. Each is in its own array, or in scratch memory: a kernel packs an operand
 * into it before the core runs, or stores the result from it afterwards.
 */
import { type Index, index, load, plus, type Scalar, times } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { strides } from '../../../lang/syntax/shape.ts'
import { coefficient, type Linear, scale, sum, termOf, toScalar, without, zero } from '../../rewrite/linear.ts'
import { mentions, partsOf, replaced } from '../../rewrite/scalars.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { type Code, i32, widthOf } from '../assembler/index.ts'
import { rowMajor } from '../kernel/lower.ts'
import { addressIn, type Region } from '../kernel/region.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'
import type { BlockIteration } from './blockLoop.ts'
import { product, unflattened } from './blocks.ts'
import { type PanelLayout, packedColumns, packedRows, tall, wideOf } from './core.ts'
import { directResult, directRows, offset } from './direct.ts'
import { iterationsOf, type Part, writePart } from './part.ts'
import type { Tiling } from './tiling.ts'

type Int = Code<'i32'>
interface Operand {
  readonly part?: Part
  /** The address of its first tile. */
  readonly at: (iteration: BlockIteration) => Int
}
/** Scratch for one iteration: one for each thread where threads run iterations of their own. */
const scratch = ({ arena, team }: Writer, { apart }: Tiling, size: number): Region => {
  if (!apart) return arena.take(size, 'real')
  const each = Math.ceil(size / 16) * 16
  const { base, width } = arena.take(each * team.threads, 'real')
  return { base, size, width, shift: i32.mul(team.me, i32.const(width * each)) }
}
/** A side that a kernel copies into scratch: `out[to] = body`. */
interface Packing extends Pick<KernelSpec, 'axes' | 'body' | 'out'> {
  readonly name: string
  readonly outer: Part['outer']
  readonly to: Linear
}
const packed = (w: Writer, s: KernelSpec, { name, outer, to, ...e }: Packing): Operand => ({
  part: writePart(w, outer, { ...s, ...e, dtype: 'real', label: `${s.label}: ${name}` }, to),
  at: () => addressIn(e.out),
})
/** A piece of a side, wherever it is. */
const pieceOf = (w: Writer, size: number): Region => ({ base: 0, size, width: widthOf(w.lib.element, 'real') })
/** Whether a side reads nothing but arrays that no run changes. Larger ones would need too much memory. */
const isBound = (w: Writer, side: Scalar, s: KernelSpec, size: number): boolean =>
  size <= largest &&
  [...partsOf(side)].every(
    (x) => x._tag !== 'Load' || w.bound.has(s.reads[x.source] ?? bug('a load of an unknown source')),
  )
const largest = 1 << 27
/** All of a side, packed once for each state that is loaded: a piece for every value of the outer indices. */
const packedOnce = (w: Writer, s: KernelSpec, { name, outer, to, ...e }: Packing): Operand => {
  const { size, width } = e.out
  const pieces = product(outer)
  const out = w.bound.take(pieces * size, width)
  const by = strides(outer.map((i) => i.size))
  const whole = outer.reduce<Linear>((a, i, d) => sum(a, scale(termOf(i), size * nth(by, d))), to)
  const own = { ...s, ...e, out, dtype: 'real', label: `${s.label}: ${name}, once` } as const
  const part = writePart(w, outer, own, whole)
  const count = iterationsOf(part)[0]
  w.bound.first(part.kernel.run.call(i32.const(0), i32.const(pieces * part.each === 1 ? count : pieces * count)))
  return { at: ({ counter }) => i32.add(addressIn(out), i32.mul(counter(outer), i32.const(size * width))) }
}

/** The rows of the left side; packed once if they do not depend on the batch. */
export const leftOf = (w: Writer, t: Tiling, s: KernelSpec): Operand & { readonly layout: PanelLayout } => {
  const { of: c, rows, depth } = t
  const direct = directRows(c, s)
  if (direct) {
    const { region, address, layout } = direct
    const first = i32.const(region.base + region.width * address.constant)
    return { layout, at: ({ value }) => i32.add(first, offset(region, address, c.batch, value)) }
  }
  const varies = c.batch.some((i) => i.size > 1 && mentions(c.left, i))
  const once = isBound(w, c.left, s, rows * depth * (varies ? product(c.batch) : 1))
  const [panel, row] = [index(rows / tall), index(tall)]
  const body = substitute(c.left, unflattened(c.rows, plus(times(panel, tall), row)))
  const to = sum(sum(scale(termOf(panel), depth * tall), scale(rowMajor(c.summed), tall)), termOf(row))
  const [outer, axes] = [varies ? c.batch : [], [panel, ...c.summed, row]]
  const layout = packedRows(w.lib.element, depth)
  const pack = (how: typeof packed, out: Region) => ({
    layout,
    ...how(w, s, { name: 'left', outer, axes, body, out, to }),
  })
  if (once) return pack(packedOnce, pieceOf(w, rows * depth))
  return pack(packed, varies ? scratch(w, t, rows * depth) : w.arena.take(rows * depth, 'real'))
}

/** A block of the columns of the right side. */
export const rightOf = (w: Writer, t: Tiling, s: KernelSpec): Operand & { readonly layout: PanelLayout } => {
  const { of: c, columns, room, breadth, depth } = t
  const { lanes } = w.lib.element
  const wide = wideOf(w.lib.element)
  const [panel, half, column] = [index(breadth / wide), index(2), index(lanes)]
  const flat = plus(times(panel, wide), plus(times(half, lanes), column))
  const body = substitute(substitute(c.right, columns.values), unflattened(columns.rest, flat, room))
  const inPanel = sum(scale(rowMajor(c.summed), wide), sum(scale(termOf(half), lanes), termOf(column)))
  const to = sum(scale(termOf(panel), depth * wide), inPanel)
  const [outer, axes] = [
    [...c.batch, columns.block],
    [panel, ...c.summed, half, column],
  ]
  const layout = packedColumns(depth)
  const pack = (how: typeof packed, out: Region) => ({
    layout,
    ...how(w, s, { name: 'right', outer, axes, body, out, to }),
  })
  const whole = breadth * depth * product(outer)
  return isBound(w, c.right, s, whole)
    ? pack(packedOnce, pieceOf(w, breadth * depth))
    : pack(packed, scratch(w, t, breadth * depth))
}

/** The first column index, and the one within a block: a contraction has a column. */
const firstColumns = ({ of, columns }: Tiling): readonly [Index, Index] => {
  const [[first], [rest]] = [of.columns, columns.rest]
  return first && rest ? [first, rest] : bug('a product without columns')
}
/** The sums, in rows of `line` elements: in the output, or in scratch for the kernel that computes what follows. */
export const resultOf = (w: Writer, t: Tiling, s: KernelSpec): Operand & { readonly line: number } => {
  const { of: c, columns, breadth } = t
  const [first, rest] = firstColumns(t)
  const to = s.axes.filter((i) => i.size === 1).reduce(without, rowMajor(s.axes))
  const line = directResult(c, s, to, columns, breadth)
  if (line === undefined) return finished(w, t, s, to)
  const [start, step] = [i32.const(s.out.base), i32.const(s.out.width * rest.size * coefficient(to, first))]
  return {
    line,
    at: ({ value, block }) => i32.add(i32.add(start, offset(s.out, to, c.batch, value)), i32.mul(block, step)),
  }
}
const finished = (w: Writer, t: Tiling, s: KernelSpec, to: Linear): Operand & { readonly line: number } => {
  const { of: c, columns, room, rows, breadth } = t
  const [first, rest] = firstColumns(t)
  const sums = scratch(w, t, rows * breadth)
  const element = sum(scale(rowMajor(c.rows), breadth), rowMajor(columns.rest, room))
  const done = new Map<Scalar, Scalar>([[c.sum, load(s.reads.length, [toScalar(element)], 'real')]])
  const cutTo = [...to.terms].reduce<Linear>((a, [i, n]) => {
    if (i !== first) return sum(a, scale(termOf(i), n))
    return sum(a, sum(scale(termOf(columns.block), n * rest.size), scale(termOf(rest), n)))
  }, zero)
  const inner = s.axes.filter((i) => i.size > 1 && !c.batch.includes(i)).map((i) => (i === first ? rest : i))
  const elements: KernelSpec = {
    ...s,
    axes: inner,
    body: substitute(replaced(s.body, done), columns.values),
    reads: [...s.reads, sums],
    shapes: [...s.shapes, [sums.size]],
    label: `${s.label}: finish`,
  }
  return { line: breadth, part: writePart(w, [...c.batch, columns.block], elements, cutTo), at: () => addressIn(sums) }
}
