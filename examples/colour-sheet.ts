/** Many small pictures in colour as one PNG: grey pictures, classes of pixels, and boxes drawn over pictures. */
import { type Colour, png } from '../src/draw/index.ts'
import type { Box } from './boxes.ts'

/** A square picture: the colour at (x, y), measured in its pixels from the top left; fractions are within a pixel. */
export type Painting = (x: number, y: number) => Colour
/** One colour for each class: the ground, then the kinds of shapes. */
const classColours: readonly Colour[] = [
  [27, 31, 36],
  [234, 110, 40],
  [45, 130, 220],
  [60, 170, 90],
]
const grey = (v: number): Colour => {
  const level = Math.round(255 * Math.min(Math.max(v, 0), 1))
  return [level, level, level]
}
/** The n-th of pictures [count, side, side], 0 black and 1 white. */
export const greyPainting =
  (pixels: ArrayLike<number>, n: number, side: number): Painting =>
  (x, y) =>
    grey(pixels[(n * side + Math.floor(y)) * side + Math.floor(x)] ?? 0)
/** The n-th of pictures of classes [count, side, side]. */
export const classPainting =
  (classes: ArrayLike<number>, n: number, side: number): Painting =>
  (x, y) =>
    classColours[classes[(n * side + Math.floor(y)) * side + Math.floor(x)] ?? 0] ?? [0, 0, 0]
/** Boxes over a picture, their lines `width` of its pixels wide. */
export const withBoxes =
  (under: Painting, boxes: readonly { readonly box: Box; readonly kind: number }[], width = 0.5): Painting =>
  (x, y) => {
    const near = (a: number, b: number): boolean => Math.abs(a - b) <= width / 2
    const drawn = boxes.find(({ box: [left, top, right, bottom] }) => {
      const [along, down] = [x >= left - width && x <= right + width, y >= top - width && y <= bottom + width]
      return (down && (near(x, left) || near(x, right))) || (along && (near(y, top) || near(y, bottom)))
    })
    return drawn === undefined ? under(x, y) : (classColours[drawn.kind + 1] ?? [255, 0, 0])
  }
/** `scale`: how many screen pixels a pixel of a painting is wide. */
export const colourSheet = (
  paintings: readonly Painting[],
  side: number,
  perRow: number,
  scale: number,
): Uint8Array => {
  const [margin, cell] = [4, side * scale + 4]
  return png(perRow * cell + margin, Math.ceil(paintings.length / perRow) * cell + margin, (x, y) => {
    const [i, j] = [Math.floor((x - margin) / cell), Math.floor((y - margin) / cell)]
    const [u, v] = [(x - margin - i * cell + 0.5) / scale, (y - margin - j * cell + 0.5) / scale]
    const painting = i < 0 || j < 0 || u >= side || v >= side ? undefined : paintings[j * perRow + i]
    return painting?.(u, v) ?? [255, 255, 255]
  })
}
