/** Pictures made of pixels, as PNG. */
import { encode } from 'fast-png'

/** Brightness, row by row; low is black and high is white. */
export interface Grey {
  readonly pixels: ArrayLike<number>
  readonly rows: number
  readonly columns: number
}
/** Pictures of one size that stand one after the other in an array. */
export const tiles = (pixels: Float32Array | Float64Array, rows: number, columns: number): readonly Grey[] =>
  Array.from({ length: pixels.length / (rows * columns) }, (_, k) => ({
    pixels: pixels.subarray(k * rows * columns, (k + 1) * rows * columns),
    rows,
    columns,
  }))
export type Colour = readonly [red: number, green: number, blue: number]

/** An RGB picture from the colour of every place. */
export const png = (columns: number, rows: number, colour: (x: number, y: number) => Colour): Uint8Array => {
  const data = new Uint8Array(3 * rows * columns)
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) data.set(colour(x, y), 3 * (y * columns + x))
  return encode({ width: columns, height: rows, data, channels: 3, depth: 8 })
}
const margin = 4
const paper: Colour = [255, 255, 255]
/** Grey pictures in rows, each stretched from its own darkest to its own brightest, `scale` screen pixels per pixel. */
export const sheet = (pictures: readonly Grey[], perRow = pictures.length, scale = 6): Uint8Array => {
  const [width, height] = [
    Math.max(...pictures.map((p) => p.columns)) * scale,
    Math.max(...pictures.map((p) => p.rows)) * scale,
  ]
  const ranges = pictures.map((p) => {
    const values = Array.from(p.pixels)
    return [
      values.reduce((a, b) => Math.min(a, b), Infinity),
      values.reduce((a, b) => Math.max(a, b), -Infinity),
    ] as const
  })
  const down = Math.ceil(pictures.length / perRow)
  return png(perRow * (width + margin) + margin, down * (height + margin) + margin, (x, y) => {
    const [i, j] = [Math.floor((x - margin) / (width + margin)), Math.floor((y - margin) / (height + margin))]
    const k = j * perRow + i
    const [p, range] = [pictures[k], ranges[k]]
    const [u, v] = [
      Math.floor((x - margin - i * (width + margin)) / scale),
      Math.floor((y - margin - j * (height + margin)) / scale),
    ]
    if (i < 0 || j < 0 || p === undefined || range === undefined || u < 0 || v < 0 || u >= p.columns || v >= p.rows)
      return paper
    const [low, high] = range
    const grey = Math.round((255 * ((p.pixels[v * p.columns + u] ?? low) - low)) / (high - low || 1))
    return [grey, grey, grey]
  })
}
