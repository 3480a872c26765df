/** Numbers as colours on a canvas. */
import { dark } from './theme.ts'

export type Colour = readonly [red: number, green: number, blue: number]
const mix = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]
const orange: Colour = [235, 129, 43]
const blue: Colour = [41, 112, 204]
const middle = (): Colour => (dark.value ? [34, 38, 46] : [247, 247, 244])
/** Orange below 0, blue above, the page's background at 0; full colour at -1 and 1. */
export const diverging = (v: number): Colour => {
  const t = Math.min(1, Math.abs(v))
  return mix(middle(), v < 0 ? orange : blue, Number.isNaN(t) ? 0 : t)
}
/** From the background's colour to the text's, for 0 to 1. */
export const grey = (v: number): Colour => {
  const t = Math.min(1, Math.max(0, Number.isNaN(v) ? 0 : v))
  return dark.value ? mix([24, 27, 33], [240, 240, 236], t) : mix([255, 255, 255], [24, 28, 36], t)
}
/** values[row][column], row 0 at the top. */
export const paint = (
  canvas: HTMLCanvasElement,
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
  colour: (v: number) => Colour,
): void => {
  if (canvas.width !== columns) canvas.width = columns
  if (canvas.height !== rows) canvas.height = rows
  const context = canvas.getContext('2d')
  if (context === null) return
  const image = context.createImageData(columns, rows)
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const [red, green, blueness] = colour(value(r, c))
      image.data.set([red, green, blueness, 255], 4 * (r * columns + c))
    }
  context.putImageData(image, 0, 0)
}
