/**
 * Convolutions of three by three, and their gradients, with fewer multiplications: the data in overlapping tiles, tile and
 * filter transformed, one matrix product for each position in a transformed tile, and the results transformed back.
 *
 *   outputs   a tile of outputs for each filter: tiles are rows of the products, channels are summed
 *   taps      the gradient by the filter: a tile of taps. Channels are rows of the products, tiles are summed
 */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import type { Linear } from '../../rewrite/linear.ts'
import { type Sliding, slidingIn } from '../../rewrite/sliding.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { product, strideOf } from './blocks.ts'
import { plain } from './direct.ts'
import { type Short, shortConvolution } from './winogradMatrices.ts'

interface Tiled extends Sliding {
  readonly tiled: 'outputs' | 'taps'
  readonly short: Short
  /** Tiles in a column and in a row, and how far one is from the next. */
  readonly tiles: readonly [number, number]
  readonly step: number
  /** The data's axes beside the positions, of which it has one image for each channel. */
  readonly images: readonly Index[]
  readonly channels: readonly Index[]
}
export interface Winograd extends Tiled {
  /** The filter where it is stored. */
  readonly stored: readonly [Region, Linear]
}
/** As many multiplications take as long as one number that is transformed, or copied. */
const [perTransformed, perCopied] = [16, 16]
/** With fewer, the direct sum is left for no gain that could be measured. */
const gain = 0.9

const tiledBy = (x: Sliding, step: number): Tiled => {
  const [v, h] = x.slides
  const tiled = v.tap.size === 3 && h.tap.size === 3 ? 'outputs' : 'taps'
  const [images, channels] = tiled === 'outputs' ? [x.ofData, x.summed] : [x.summed, x.ofData]
  const short = tiled === 'outputs' ? shortConvolution(step, 3) : shortConvolution(3, step)
  const long = x.slides.map((i) => Math.ceil((tiled === 'outputs' ? i.out : i.tap).size / step))
  return { ...x, tiled, short, tiles: [long[0] ?? 1, long[1] ?? 1], step, images, channels }
}
/** Rows and columns of a transformed tile. */
export const positionsOf = ({ short }: Tiled): number => short.outs + short.taps - 1
export const tilesOf = ({ images, tiles }: Tiled): number => product(images) * tiles[0] * tiles[1]
/**
 * For each value of the outer axes, in multiplications. A filter that no run changes is counted as the others: a program
 * has the same bits whether its weights are bound or not.
 */
const timeOf = (f: Tiled): number => {
  const [c, k, t] = [product(f.channels), product(f.ofFilter), tilesOf(f)]
  const each = c * k * t + perTransformed * (c * t + k * t + c * k)
  return positionsOf(f) ** 2 * each + perCopied * c * t * f.step ** 2
}
/** The quickest tiles, if they gain. Channels fill vectors, and those of the filter the panels of the core. */
export const tiledIn = (axes: readonly Index[], body: Scalar): Tiled | undefined => {
  const x = slidingIn(axes, body, 3)
  if (x === undefined || x.data._tag !== 'Load' || x.filter._tag !== 'Load') return undefined
  const ofBoth = product([...x.ofData, ...x.summed]) * product(x.ofFilter)
  const direct = product(x.slides.flatMap((i) => [i.out, i.tap])) * ofBoth
  const [small, large] = [tiledBy(x, 2), tiledBy(x, 4)]
  const best = timeOf(large) < timeOf(small) ? large : small
  const fills = product(best.channels) % 4 === 0 && product(x.ofFilter) % 8 === 0
  const isShort = x.slides.every((i) => (best.tiled === 'outputs' ? i.tap : i.out).size === 3)
  return fills && isShort && timeOf(best) < gain * direct ? inMemory(best) : undefined
}
/** Elements of the padded data that are copied at a time. */
const mostCopied = 1 << 22
/** One image after another where all would need much memory. */
const inMemory = (f: Tiled): Tiled => {
  const [first, ...rest] = f.images
  const copied = product([...f.images, ...f.channels]) * f.tiles[0] * f.tiles[1] * f.step ** 2
  if (f.tiled === 'taps' || first === undefined || copied <= mostCopied) return f
  return inMemory({ ...f, outer: [...f.outer, first], images: rest, ofData: rest })
}
/** The same of a kernel whose filter can be read where it is stored. */
export const winogradOf = (s: KernelSpec): Winograd | undefined => {
  const f = s.dtype === 'real' ? tiledIn(s.axes, s.body) : undefined
  if (f === undefined || f.data._tag !== 'Load' || s.reads[f.data.source]?.shift) return undefined
  const indices = [...f.outer, ...f.ofFilter, ...f.summed, ...f.slides.map((i) => i.tap)]
  const stored = plain(f.filter, s, indices)
  return stored && strideOf(stored[1], f.ofFilter) !== undefined ? { ...f, stored } : undefined
}
/** Whether its sums are short enough, and its scratch memory small enough, to stay in one kernel. */
export const runsWhole = (f: Tiled | undefined): boolean =>
  f !== undefined && (f.tiled === 'outputs' ? product(f.channels) < 4096 : tilesOf(f) <= 512)
