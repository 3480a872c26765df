/**
 * A drawing as strokes on a square of 64 x 64 points: short enough for a link. Its picture is made like those of the
 * generated digits: ink in a box of 20 x 20, the centre of mass in the middle, the same pen.
 */
import { paint } from '../../../src/data/index.ts'
import type { Codec } from '../page/url.ts'

/** x, y, x, y, ... in 0 .. 63. */
export type Stroke = readonly number[]
export type Drawing = readonly Stroke[]
export const places = 64
export const side = 28

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const longest = 1200
export const drawing: Codec<Drawing> = {
  show: (d) => d.map((s) => s.map((v) => letters[v] ?? 'A').join('')).join('.'),
  read: (text) => {
    if (text.length > longest || !/^[\w.-]*$/.test(text)) return undefined
    const strokes = text.split('.').map((s) => [...s].map((c) => letters.indexOf(c)))
    return strokes.every((s) => s.length % 2 === 0) ? strokes.filter((s) => s.length > 0) : undefined
  },
}

const pen = { radius: 1.35, softness: 1.4, roughness: 0, strength: 1 } as const
const box = 20
const grain = new Float64Array(side * side)
/** The strokes, scaled about the middle of their box and moved by (dx, dy). A dot is a short line. */
const placed = (d: Drawing, scale: number, middle: readonly [number, number], dx: number, dy: number) =>
  d.map((s) => {
    const points = s.length === 2 ? [...s, (s[0] ?? 0) + 0.5, s[1] ?? 0] : s
    return Float64Array.from(
      points,
      (v, i) => (v - middle[i % 2 === 0 ? 0 : 1]) * scale + (side - 1) / 2 + (i % 2 === 0 ? dx : dy),
    )
  })
const centre = (picture: Float32Array): readonly [number, number] => {
  let [mass, x, y] = [0, 0, 0]
  picture.forEach((v, i) => {
    mass += v
    x += v * (i % side)
    y += v * Math.floor(i / side)
  })
  const still = (side - 1) / 2
  return mass === 0 ? [still, still] : [x / mass, y / mass]
}
/** Shape: [28 * 28], 0 for paper, 1 for ink */
export const picture = (d: Drawing): Float32Array => {
  const xs = d.flatMap((s) => s.filter((_, i) => i % 2 === 0))
  const ys = d.flatMap((s) => s.filter((_, i) => i % 2 === 1))
  if (xs.length === 0) return new Float32Array(side * side)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const size = Math.max(right - left, bottom - top, 12)
  const scale = (box - 2 * pen.radius) / size
  const middle = [(left + right) / 2, (top + bottom) / 2] as const
  const first = paint(placed(d, scale, middle, 0, 0), pen, side, grain)
  const [x, y] = centre(first)
  const still = (side - 1) / 2
  return paint(placed(d, scale, middle, still - x, still - y), pen, side, grain)
}
