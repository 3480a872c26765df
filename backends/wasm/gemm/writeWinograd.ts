/**
 * Short convolutions as code, for each value of the outer axes: the data inside a border of zeros, then for some rows of tiles
 * at a time the transforms and the products, then what follows the sums.
 */
import type { Index } from '../../../lang/kernel/index.ts'
import { strides } from '../../../lang/syntax/shape.ts'
import { coefficient } from '../../rewrite/linear.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { type Code, count, i32, none, seq, when } from '../assembler/index.ts'
import { addressIn, type Region } from '../kernel/region.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'
import { single, type Team } from '../threads/team.ts'
import { blockSize, product, strideOf } from './blocks.ts'
import { tall, writeCore } from './core.ts'
import { offset } from './direct.ts'
import { iterationsOf, type Part } from './part.ts'
import { type TileStep, writeTransform } from './tileTransform.ts'
import { positionsOf, tilesOf, type Winograd } from './winograd.ts'
import { dataOf, filterOf, resultOf, type TiledArray } from './winogradArrays.ts'
import { type Ends, type Layout, layoutOf } from './winogradLayout.ts'

type Int = Code<'i32'>
/** Bytes of transformed tiles that are treated at a time, and tiles below which products are not divided. */
const [mostBytes, leastTiles] = [1 << 20, 48]
/** From this many products on, threads gain more than synchronising them costs. */
const largeSum = 1 << 20

/** The rows of tiles of all images, and how many are treated at a time; of tiles of taps, all. */
interface Blocks {
  readonly all: number
  readonly rows: number
  readonly count: number
}
const blocksOf = (f: Winograd): Blocks => {
  if (f.tiled === 'taps') return { all: 1, rows: 1, count: 1 }
  const all = product(f.images) * f.tiles[0]
  const row = 4 * positionsOf(f) ** 2 * (product(f.channels) + product(f.ofFilter)) * f.tiles[1]
  const some = Math.min(all, Math.max(Math.floor(mostBytes / row), Math.ceil(leastTiles / f.tiles[1])))
  const blocks = Math.ceil(all / some)
  return { all, rows: Math.ceil(all / blocks), count: blocks }
}
const endsOf = (f: Winograd, filter: TiledArray, result: TiledArray): Ends => {
  const bytes = (i: Index): number => 4 * coefficient(result.address, i)
  const apart = ({ address }: TiledArray, is: readonly Index[]): number => 4 * (strideOf(address, is) ?? 0)
  const [v, h] = f.slides
  return {
    filter: filter.address,
    channelOfFilter: apart(filter, f.ofFilter),
    result: { y: bytes(v.out), x: bytes(h.out), channel: apart(result, f.ofFilter) },
    ofData: apart(result, f.ofData),
  }
}
/** The published number counts the blocks of all values of the outer axes. */
const iterationOf = (f: Winograd, { all, rows, count: blocks }: Blocks, { published }: Team) => {
  const by = strides(f.outer.map((i) => i.size))
  const [block, outer] = [i32.rem(published, i32.const(blocks)), i32.div(published, i32.const(blocks))]
  const value = (i: Index): Int =>
    i32.rem(i32.div(outer, i32.const(by[f.outer.indexOf(i)] as number)), i32.const(i.size))
  const at = i32.mul(block, i32.const(rows))
  const last = i32.const(all - rows)
  const inBlock = (n: number, code: Code): Code => (blocks === 1 ? code : when(i32.eq(block, i32.const(n)), code))
  return {
    outer,
    address: ({ region, address }: TiledArray): Int =>
      i32.add(i32.const(region.base + 4 * address.constant), offset(region, address, f.outer, value)),
    /** The first row of tiles: the last block starts earlier, and treats some again. */
    first: all % rows === 0 ? at : i32.sub(at, i32.mul(i32.gt(at, last), i32.sub(at, last))),
    atFirst: (code: Code): Code => inBlock(0, code),
    atLast: (code: Code): Code => inBlock(blocks - 1, code),
  }
}
type Scratch = readonly [data: Region, filter: Region, products: Region]
/** The products of all positions. */
const writeProducts = (w: Writer, f: Winograd, layout: Layout, scratch: Scratch, label: string): Code => {
  const n = positionsOf(f) ** 2
  const { left, right, line, columnPanels, rowPanels, depth, each, isTurned } = layout
  const block = Math.max(1, Math.min(rowPanels, Math.floor(blockSize(w.lib.element) / (tall * depth))))
  const core = writeCore(w, `${label}: ${n} x ${tall * rowPanels} x ${8 * columnPanels} x ${depth}`, {
    ...{ element: w.lib.element, relaxed: w.relaxed },
    ...{ left, right, line, columnPanels, depth, block },
  })
  return w.team.shared(w.locals, n, 1, (inside, from, to) => {
    const p = inside('i32')
    const at = scratch.map((r, k) => i32.add(addressIn(r), i32.mul(p.get, i32.const(each[k] ?? 0))))
    const [x, y, z] = at as [Int, Int, Int]
    const [a, b] = isTurned ? [y, x] : [x, y]
    return count(p, from, to, 1, core.call(i32.const(0), i32.const(rowPanels), a, b, z))
  })
}
/** A kernel for one value of the outer axes, by all threads. */
const writeCopy = (w: Writer, p: Part | undefined, outer: Int): Code => {
  if (p === undefined) return none
  const first = i32.mul(outer, i32.const(p.each))
  return w.team.shared(w.locals, ...iterationsOf(p), (_, from, to) =>
    p.kernel.run.call(i32.add(first, from), i32.add(first, to)),
  )
}
/** Runs a range of iterations, divided between threads or not. */
type Share = (iterations: number, run: (from: Int, to: Int) => Code) => Code
const sharing =
  (w: Writer): Share =>
  (n, run) =>
    w.team.shared(w.locals, n, 1, (_, from, to) => run(from, to))
const alone: Share = (n, run) => run(i32.const(0), i32.const(n))
/** The three transforms. Those of tiles of outputs treat the rows of a block, whose tiles begin in scratch memory. */
const writeTransforms = (
  w: Writer,
  f: Winograd,
  layout: Layout,
  [data, filter, products]: Scratch,
  places: readonly [data: Int, filter: Int, result: Int],
  { rows }: Blocks,
  first: Int,
  label: string,
): readonly [data: Code, filter: (share: Share) => Code, result: Code] => {
  const share = sharing(w)
  const iterations = (steps: readonly TileStep[]): number => steps.reduce((n, s) => n * s.size, 1)
  const inBlock = f.tiled === 'outputs'
  const start = ({ base }: Region, row: number): Int =>
    inBlock ? i32.sub(i32.const(base), i32.mul(first, i32.const(row))) : i32.const(base)
  const ofRows = (steps: readonly TileStep[], run: (from: Int, to: Int) => Code): Code =>
    inBlock ? share(rows, (from, to) => run(i32.add(first, from), i32.add(first, to))) : share(iterations(steps), run)
  const [onData, onFilter, onResult] = [
    writeTransform(w, layout.data, `${label}: tiles`),
    writeTransform(w, layout.filter, `${label}: filter`),
    writeTransform(w, layout.result, `${label}: back`),
  ]
  const [x, y, z] = places
  const rowOf = (steps: readonly TileStep[], side: 'from' | 'to'): number => steps.at(-1)?.[side] ?? 0
  const [ofData, ofProducts] = [
    start(data, rowOf(layout.data.outer, 'to')),
    start(products, rowOf(layout.result.outer, 'from')),
  ]
  return [
    ofRows(layout.data.outer, (from, to) => onData.call(x, ofData, from, to)),
    (by) => by(iterations(layout.filter.outer), (from, to) => onFilter.call(y, addressIn(filter), from, to)),
    ofRows(layout.result.outer, (from, to) => onResult.call(ofProducts, z, from, to)),
  ]
}

export const writeWinograd = (given: Writer, f: Winograd, s: KernelSpec): Code => {
  const products = product([...f.outer, ...f.channels, ...f.ofFilter]) * tilesOf(f) * positionsOf(f) ** 2
  const w: Writer = products >= largeSum ? given : { ...given, team: single }
  const [data, filter, result] = [dataOf(w, f, s), filterOf(w, f, s), resultOf(w, f, s)]
  const blocks = blocksOf(f)
  const layout = layoutOf(f, endsOf(f, filter, result), blocks.rows)
  const varies = f.outer.some((i) => mentions(f.filter, i))
  // a filter that no run changes is transformed once for each state that is loaded
  const isBound = !varies && filter.part === undefined && w.bound.has(filter.region)
  const scratch = layout.each.map((bytes, k) => {
    const size = (positionsOf(f) ** 2 * bytes) / 4
    return isBound && k === 1 ? w.bound.take(size, 4) : w.arena.take(size, 'real')
  }) as unknown as Scratch
  const { outer, first, address, atFirst, atLast } = iterationOf(f, blocks, w.team)
  const places = [i32.const(data.region.base), address(filter), address(result)] as const
  const [onData, onFilter, onResult] = writeTransforms(w, f, layout, scratch, places, blocks, first, s.label)
  if (isBound) w.bound.first(onFilter(alone))
  const ofFilter = isBound ? none : seq(writeCopy(w, filter.part, outer), onFilter(sharing(w)))
  const iteration = w.locals('i32')
  const one = seq(
    w.team.publish(iteration.get),
    atFirst(seq(writeCopy(w, data.part, outer), varies ? ofFilter : none)),
    onData,
    writeProducts(w, f, layout, scratch, s.label),
    onResult,
    atLast(writeCopy(w, result.part, outer)),
  )
  return seq(
    data.clear,
    filter.clear,
    ...(varies || isBound ? [] : [w.team.publish(i32.const(0)), ofFilter]),
    count(iteration, i32.const(0), i32.const(product(f.outer) * blocks.count), 1, one),
  )
}
