/** Pictures of pixels, as PNG. */
import { encode } from 'fast-png'
import { type Extent, extentOf } from './svg.ts'

/** A picture without colour. */
export interface Grey {
  /** Brightness, row by row: low is black and high is white. */
  readonly pixels: ArrayLike<number>
  readonly rows: number
  readonly columns: number
}
/** The pictures of one size that an array holds one after the other: [count, rows, columns]. */
export const pictures = (pixels: Float32Array | Float64Array, rows: number, columns: number): readonly Grey[] =>
  Array.from({ length: pixels.length / (rows * columns) }, (_, k) => ({
    pixels: pixels.subarray(k * rows * columns, (k + 1) * rows * columns),
    rows,
    columns,
  }))
/** Each from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** An RGB picture from the colour of every pixel; (0, 0) is at the top left. */
export const png = (columns: number, rows: number, colour: (x: number, y: number) => Colour): Uint8Array => {
  const data = new Uint8Array(3 * rows * columns)
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) data.set(colour(x, y), 3 * (y * columns + x))
  return encode({ width: columns, height: rows, data, channels: 3, depth: 8 })
}
/** A picture of brightness from 0 to 1. */
export const greyPng = ({ pixels, rows, columns }: Grey): Uint8Array => {
  const byte = (v: number): number => Math.max(0, Math.min(255, Math.round(v * 255)))
  const data = Uint8Array.from({ length: rows * columns }, (_, i) => byte(pixels[i] ?? 0))
  return encode({ width: columns, height: rows, data, channels: 1, depth: 8 })
}
/** The bytes of a PNG as an address that a page can hold. */
export const dataUrl = (bytes: Uint8Array): string =>
  `data:image/png;base64,${btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))}`

/** Screen pixels between the pictures of a sheet. */
const margin = 4
const paper: Colour = [255, 255, 255]
const rangeOf = ({ pixels }: Grey): Extent => extentOf(Array.from(pixels))
/** The colour of a picture's pixel: black at the picture's darkest, white at its brightest. */
const shade = ({ pixels }: Grey, [low, high]: Extent, k: number): Colour => {
  const grey = Math.round((255 * ((pixels[k] ?? low) - low)) / (high - low || 1))
  return [grey, grey, grey]
}
/**
 * One PNG of many grey pictures, each stretched from its own darkest to its own brightest.
 *
 * `perRow`: the number of pictures in a row; `scale`: how many screen pixels a pixel of a picture is wide
 */
export const sheet = (shown: readonly Grey[], perRow = shown.length, scale = 6): Uint8Array => {
  const cellWidth = Math.max(...shown.map((p) => p.columns)) * scale + margin
  const cellHeight = Math.max(...shown.map((p) => p.rows)) * scale + margin
  const ranges = shown.map(rangeOf)
  const down = Math.ceil(shown.length / perRow)
  return png(perRow * cellWidth + margin, down * cellHeight + margin, (x, y) => {
    const [i, j] = [Math.floor((x - margin) / cellWidth), Math.floor((y - margin) / cellHeight)]
    const [picture, range] = [shown[j * perRow + i], ranges[j * perRow + i]]
    const column = Math.floor((x - margin - i * cellWidth) / scale)
    const row = Math.floor((y - margin - j * cellHeight) / scale)
    const outside = i < 0 || j < 0 || column < 0 || row < 0
    if (outside || picture === undefined || range === undefined) return paper
    if (column >= picture.columns || row >= picture.rows) return paper
    return shade(picture, range, row * picture.columns + column)
  })
}
