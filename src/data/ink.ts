/**
 * From the path of a pen to grey values: the nearer a pixel is to the line, the darker it is.
 */

import type { Path } from './path.ts'

/** How a pen draws. */
export interface Pen {
  /** Half the width of the line, pixels. */
  readonly radius: number
  /** The width of the fading edge, pixels. */
  readonly softness: number
  /** How far the edge strays, pixels, because paper is not smooth. */
  readonly roughness: number
  /** The grey value of the middle of the line, 0 .. 1. */
  readonly strength: number
}

/**
 * Draws paths on a square picture. `grain`, one number in 0 .. 1 per pixel, shifts the edge at that pixel.
 *
 *   value = strength * clamp(1/2 + (radius - distance + roughness (grain - 1/2)) / softness)
 *
 * Shape:   grain [side * side] -> [side * side]     pixel (x, y) has its middle at (x, y); the row is y
 */
export const paint = (paths: readonly Path[], pen: Pen, side: number, grain: Float64Array): Float32Array => {
  const reach = pen.radius + (pen.roughness + pen.softness) / 2
  const squares = nearest(paths, reach, side)
  const out = new Float32Array(side * side)
  for (let i = 0; i < out.length; i++) {
    const square = squares[i] ?? Infinity
    if (square > reach * reach) continue
    const inside = pen.radius - Math.sqrt(square) + pen.roughness * ((grain[i] ?? 0) - 0.5)
    out[i] = pen.strength * Math.min(Math.max(0.5 + inside / pen.softness, 0), 1)
  }
  return out
}

/** The squared distance of each pixel from the paths. It may be Infinity for pixels farther away than `reach`. */
const nearest = (paths: readonly Path[], reach: number, side: number): Float64Array => {
  const out = new Float64Array(side * side).fill(Infinity)
  for (const path of paths)
    for (let i = 2; i < path.length; i += 2) {
      const ax = path[i - 2] ?? 0
      const ay = path[i - 1] ?? 0
      const bx = (path[i] ?? 0) - ax
      const by = (path[i + 1] ?? 0) - ay
      const square = bx * bx + by * by
      // Visiting only the pixels around this piece makes drawing fast.
      const left = Math.max(Math.ceil(Math.min(ax, ax + bx) - reach), 0)
      const right = Math.min(Math.floor(Math.max(ax, ax + bx) + reach), side - 1)
      const top = Math.max(Math.ceil(Math.min(ay, ay + by) - reach), 0)
      const bottom = Math.min(Math.floor(Math.max(ay, ay + by) + reach), side - 1)
      for (let y = top; y <= bottom; y++)
        for (let x = left; x <= right; x++) {
          // The nearest point of the piece is a + t b, t = <p - a, b> / <b, b> clamped to 0 .. 1.
          const along = square > 0 ? ((x - ax) * bx + (y - ay) * by) / square : 0
          const t = Math.min(Math.max(along, 0), 1)
          const dx = x - ax - t * bx
          const dy = y - ay - t * by
          const at = y * side + x
          out[at] = Math.min(out[at] ?? Infinity, dx * dx + dy * dy)
        }
    }
  return out
}
