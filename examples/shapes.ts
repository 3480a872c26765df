/** Pictures of discs, squares and triangles, as a pure function of a key: what is where is known to the pixel. */
import { foldIn, type Key, normal, uniform } from '../src/random/index.ts'
import { type Box, overlap } from './boxes.ts'

export const kinds = ['disc', 'square', 'triangle'] as const
/** A shape that fills the square of side 2r around (x, y). Grey 0 is black, 1 is white. */
export interface Shape {
  readonly kind: number
  readonly x: number
  readonly y: number
  readonly r: number
  readonly grey: number
}
export const boxOf = ({ x, y, r }: Shape): Box => [x - r, y - r, x + r, y + r]
/** Whether a point, seen from the centre in units of r, is inside. */
const inside = [
  (u: number, v: number) => u * u + v * v <= 1,
  (u: number, v: number) => Math.max(Math.abs(u), Math.abs(v)) <= 1,
  (u: number, v: number) => Math.abs(v) <= 1 && Math.abs(u) <= (1 + v) / 2,
] as const
const covers = ({ kind, x, y, r }: Shape, column: number, row: number): boolean =>
  inside[kind]?.((column + 0.5 - x) / r, (row + 0.5 - y) / r) ?? false

export interface Scenes {
  readonly side: number
  readonly count: number
  /** [count, side, side] */
  readonly pixels: Float32Array
  /** For every pixel 0, or 1 + the kind of the shape that is seen there. [count, side, side] */
  readonly classes: Int32Array
  readonly shapes: readonly (readonly Shape[])[]
}
/** One to `most` shapes; a shape whose box would overlap an earlier one by more than a tenth is left out. */
const shapesOf = (key: Key, side: number, most: number): readonly Shape[] => {
  const [count = 0, ...draws] = uniform(1 + 5 * most)(key)
  const all = Array.from({ length: 1 + Math.floor(most * count) }, (_, i): Shape => {
    const [kind = 0, size = 0, x = 0, y = 0, grey = 0] = draws.slice(5 * i, 5 * i + 5)
    const r = side * (0.1 + 0.09 * size)
    const place = (u: number): number => r + u * (side - 2 * r)
    return { kind: Math.floor(3 * kind), x: place(x), y: place(y), r, grey: 0.5 + 0.5 * grey }
  })
  const kept: Shape[] = []
  for (const s of all) if (kept.every((k) => overlap(boxOf(k), boxOf(s)) <= 0.1)) kept.push(s)
  return kept
}
/**
 * `count` pictures, with noise on a ground that grows lighter from left to right.
 *
 * Law:     scenes(k, m) is a prefix of scenes(k, n), for m <= n
 */
export const scenes = (key: Key, count: number, side: number, most: number): Scenes => {
  const size = side * side
  const [pixels, classes] = [new Float32Array(count * size), new Int32Array(count * size)]
  const shapes = Array.from({ length: count }, (_, n) => shapesOf(foldIn(0)(foldIn(n)(key)), side, most))
  for (const [n, drawn] of shapes.entries()) {
    const noise = normal(size)(foldIn(1)(foldIn(n)(key)))
    for (let i = 0; i < size; i++) {
      const [column, row] = [i % side, Math.floor(i / side)]
      const seen = drawn.findLast((s) => covers(s, column, row))
      pixels[n * size + i] = (seen?.grey ?? (0.3 * column) / side) + 0.08 * (noise[i] ?? 0)
      classes[n * size + i] = seen === undefined ? 0 : 1 + seen.kind
    }
  }
  return { side, count, pixels, classes, shapes }
}
