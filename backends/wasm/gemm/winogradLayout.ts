/** Where a short convolution's tiles are before and after their transforms, as operands of the core. Distances in bytes. */

import type { Index } from '../../../lang/kernel/index.ts'
import { strides } from '../../../lang/syntax/shape.ts'
import { coefficient, type Linear } from '../../rewrite/linear.ts'
import { product } from './blocks.ts'
import { type PanelLayout, tall } from './core.ts'
import type { Access, TileStep, TileTransform } from './tileTransform.ts'
import { positionsOf, tilesOf, type Winograd } from './winograd.ts'
import type { Matrix } from './winogradMatrices.ts'

/** One number, and a vector: a transform treats four channels at a time. */
const [one, four] = [4, 16]
/** A panel of columns: two vectors. */
const panel = 32

/** The padded data: for each image and channel as many rows and columns as tiles read. */
export const imageOf = ({ tiles, step }: Winograd): readonly [rows: number, columns: number] => [
  tiles[0] * step + 2,
  tiles[1] * step + 2,
]
/** Where the filter is read, and where results are stored. */
export interface Ends {
  readonly filter: Linear
  readonly channelOfFilter: number
  readonly result: Access
  /** From one channel or image of the data to the next, in the result. */
  readonly ofData: number
}
export interface Layout {
  readonly data: TileTransform
  readonly filter: TileTransform
  readonly result: TileTransform
  /** Bytes of a position's tiles: of the data, of the filter, and of the products. */
  readonly each: readonly [data: number, filter: number, products: number]
  /** Whether the filter's channels are the rows of the products. */
  readonly isTurned: boolean
  readonly left: PanelLayout
  readonly right: PanelLayout
  readonly line: number
  readonly depth: number
  readonly rowPanels: number
  readonly columnPanels: number
}
/** Whole cache lines, of odd number: the tiles of all positions, which are written together, begin in different sets. */
const apart = (bytes: number): number => {
  const lines = Math.ceil(bytes / 64)
  return 64 * (lines % 2 === 0 ? lines + 1 : lines)
}
const loops = (is: readonly Index[], from: Linear, to: number): readonly TileStep[] => {
  const by = strides(is.map((i) => i.size))
  return is.map((i, d) => ({ size: i.size, from: one * coefficient(from, i), to: to * (by[d] as number) }))
}

/**
 * A loop over tiles around one over vectors of channels; where it can, over those of one cache line, so that lines of the
 * other side are used by several tiles while they are near.
 */
const inLines = (channels: number, tiles: TileStep, { from, to }: TileStep): readonly TileStep[] => {
  const vectors = (size: number): TileStep => ({ size, from: 4 * from, to: 4 * to })
  const lines = channels / 16
  return Number.isInteger(lines)
    ? [{ size: lines, from: 16 * from, to: 16 * to }, tiles, vectors(4)]
    : [tiles, vectors(channels / 4)]
}

/** `rows`: the rows of tiles that are treated at a time. */
export const layoutOf = (f: Winograd, ends: Ends, rows: number): Layout =>
  f.tiled === 'outputs' ? overOutputs(f, ends, rows) : overTaps(f, ends)

const overOutputs = (f: Winograd, { filter, channelOfFilter, result, ofData }: Ends, rows: number): Layout => {
  const [n, c, k] = [positionsOf(f), product(f.channels), product(f.ofFilter)]
  const [down, across] = f.tiles
  const [height, width] = imageOf(f)
  const [v, h] = f.slides
  const channel = one * height * width
  const inPanels = Math.ceil((rows * across) / tall)
  const each = [apart(one * c * tall * inPanels), apart(one * c * k), apart(one * k * tall * inPanels)] as const
  const [line, lineOfProducts] = [one * c, one * k]
  const images = product(f.images)
  const position = (bytes: number): Access => ({ y: n * bytes, x: bytes, channel: one })
  return {
    data: {
      matrix: f.short.data,
      from: { y: one * width, x: one, channel },
      to: position(each[0]),
      outer: [
        { size: images, from: c * channel, to: down * across * line },
        { size: down, from: f.step * one * width, to: across * line },
      ],
      inner: inLines(c, { size: across, from: f.step * one, to: line }, { size: 4, from: channel, to: one }),
    },
    filter: {
      matrix: f.short.filter,
      from: { y: one * coefficient(filter, v.tap), x: one * coefficient(filter, h.tap), channel: channelOfFilter },
      to: position(each[1]),
      outer: [{ size: k / 8, from: 8 * channelOfFilter, to: panel * c }],
      inner: [...loops(f.channels, filter, panel), { size: 2, from: 4 * channelOfFilter, to: four }],
    },
    result: {
      matrix: f.short.result,
      from: position(each[2]),
      to: result,
      outer: [
        { size: images, from: down * across * lineOfProducts, to: ofData },
        { size: down, from: across * lineOfProducts, to: f.step * result.y },
      ],
      inner: inLines(
        k,
        { size: across, from: lineOfProducts, to: f.step * result.x },
        { size: 4, from: one, to: result.channel },
      ),
    },
    each,
    isTurned: false,
    left: { panel: tall * line, step: one, row: line },
    right: { panel: panel * c, step: panel, row: 0 },
    line: lineOfProducts,
    depth: c,
    rowPanels: inPanels,
    columnPanels: k / 8,
  }
}

/** The panels of rows of the core, and its panels of columns. */
const [rowPanel, columnPanel] = [four, panel]
const overTaps = (f: Winograd, { filter, channelOfFilter, result, ofData }: Ends): Layout => {
  const [n, c, k, t] = [positionsOf(f), product(f.channels), product(f.ofFilter), tilesOf(f)]
  const [down, across] = f.tiles
  const [height, width] = imageOf(f)
  const [v, h] = f.slides
  const channel = one * height * width
  const each = [apart(one * c * t), apart(one * k * t), apart(one * c * k)] as const
  const position = (bytes: number): Access => ({ y: n * bytes, x: bytes, channel: one })
  const ofFilter: Access = {
    y: one * coefficient(filter, v.tap),
    x: one * coefficient(filter, h.tap),
    channel: channelOfFilter,
  }
  /** The tiles of some channels, from their images, as panels of the core. */
  const inPanels = (
    matrix: Matrix,
    channels: number,
    from: Access,
    bytes: number,
    images: readonly TileStep[],
    size: number,
  ): TileTransform => ({
    matrix,
    from,
    to: position(bytes),
    outer: [{ size: (channels * one) / size, from: (size / one) * from.channel, to: size * t }],
    inner: [
      ...images.map((i) => ({ ...i, to: size * down * across * i.to })),
      { size: down, from: f.step * from.y, to: size * across },
      { size: across, from: f.step * from.x, to: size },
      { size: size / four, from: 4 * from.channel, to: four },
    ],
  })
  // channels that are neighbours in the result are columns
  const isTurned = ofData < result.channel && c % 8 === 0
  const [ofRows, ofColumns] = isTurned ? [k, c] : [c, k]
  const [rowsOf, columnsOf] = isTurned ? [result.channel, ofData] : [ofData, result.channel]
  const images: readonly TileStep[] = [{ size: product(f.images), from: c * channel, to: 1 }]
  return {
    data: inPanels(
      f.short.data,
      c,
      { y: one * width, x: one, channel },
      each[0],
      images,
      isTurned ? columnPanel : rowPanel,
    ),
    filter: inPanels(
      f.short.filter,
      k,
      ofFilter,
      each[1],
      loops(f.images, filter, 1),
      isTurned ? rowPanel : columnPanel,
    ),
    result: {
      matrix: f.short.result,
      from: position(each[2]),
      to: { ...result, channel: columnsOf },
      outer: [{ size: ofRows, from: one * ofColumns, to: rowsOf }],
      inner: [{ size: ofColumns / 4, from: four, to: 4 * columnsOf }],
    },
    each,
    isTurned,
    left: { panel: rowPanel * t, step: rowPanel, row: one },
    right: { panel: columnPanel * t, step: columnPanel, row: 0 },
    line: one * ofColumns,
    depth: t,
    rowPanels: ofRows / tall,
    columnPanels: ofColumns / 8,
  }
}
