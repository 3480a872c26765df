/**
 * The path of a pen: from knots to a curve, bent and placed as a hand would.
 *
 * Only + - * / and sqrt are used, so the bits are the same on every engine (see `random/key.ts`).
 */

import type { Stroke } from './strokes.ts'

/** Points of a polygon, x0 y0 x1 y1 ...; x to the right, y down. */
export type Path = Float64Array

/** Straight pieces per pair of knots. */
const steps = 4

/**
 * A smooth path through the knots, sharp at a knot that is written twice.
 *
 * Source: Catmull and Rom, "A class of local interpolating splines" (1974), uniform knots
 */
export const curve = (knots: Stroke): Path => {
  const last = knots.length / 2 - 1
  const at = (i: number, axis: number): number => knots[2 * Math.min(Math.max(i, 0), last) + axis] ?? 0
  const out: number[] = []
  for (let i = 0; i < last; i++) {
    // A piece from a knot to itself has no length. Without it the curve has a corner there.
    if (at(i, 0) === at(i + 1, 0) && at(i, 1) === at(i + 1, 1)) continue
    for (let s = 0; s < steps; s++)
      for (const axis of [0, 1])
        out.push(between(at(i - 1, axis), at(i, axis), at(i + 1, axis), at(i + 2, axis), s / steps))
  }
  out.push(at(last, 0), at(last, 1))
  return Float64Array.from(out)
}

/** The cubic with values b, c at t = 0, 1 and slopes (c - a)/2, (d - b)/2 there. */
const between = (a: number, b: number, c: number, d: number, t: number): number =>
  b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * b - a - 3 * c + d)))

/** Highest degree of a warp. */
const degree = 4

/** How many random numbers a warp takes: one per axis for each T_j(x) T_k(y) with 2 <= j + k <= degree. */
export const warpSize = (degree + 1) * (degree + 2) - 6

/**
 * Bends the square [-1, 1] x [-1, 1] smoothly, and the paths in it.
 *
 *   (x, y) -> (x, y) + sum over j, k of  a_jk T_j(x) T_k(y) / (j + k)      a_jk: two of the `amounts` each
 *
 * The Chebyshev polynomials T are at most 1 in size on the square. Degrees 0 and 1 are left to `slope` and `place`;
 * higher degrees have smaller weights, so that strokes bend rather than tremble.
 */
export const warp =
  (amounts: Float64Array) =>
  (path: Path): Path => {
    const out = new Float64Array(path.length)
    for (let i = 0; i < path.length; i += 2) {
      const x = path[i] ?? 0
      const y = path[i + 1] ?? 0
      const [tx, ty] = [chebyshev(x), chebyshev(y)]
      let [dx, dy, at] = [0, 0, 0]
      for (let j = 0; j <= degree; j++)
        for (let k = Math.max(0, 2 - j); j + k <= degree; k++) {
          const term = ((tx[j] ?? 0) * (ty[k] ?? 0)) / (j + k)
          dx += (amounts[at] ?? 0) * term
          dy += (amounts[at + 1] ?? 0) * term
          at += 2
        }
      out[i] = x + dx
      out[i + 1] = y + dy
    }
    return out
  }

/** T_0(x) .. T_degree(x), by T_n = 2x T_(n-1) - T_(n-2) */
const chebyshev = (x: number): readonly number[] => {
  const t = [1, x]
  for (let n = 2; n <= degree; n++) t.push(2 * x * (t[n - 1] ?? 0) - (t[n - 2] ?? 0))
  return t
}

interface Slope {
  /** The shift to the right per unit of height. */
  readonly slant: number
  /** Width over height, relative to the table's. */
  readonly stretch: number
  /** tan of half the angle of rotation, clockwise. */
  readonly rotation: number
}

/** Slants, stretches, then rotates. With t = tan(a/2): cos a = (1 - t^2)/(1 + t^2), sin a = 2t/(1 + t^2) */
export const slope =
  ({ slant, stretch, rotation }: Slope) =>
  (path: Path): Path => {
    const cos = (1 - rotation * rotation) / (1 + rotation * rotation)
    const sin = (2 * rotation) / (1 + rotation * rotation)
    const out = new Float64Array(path.length)
    for (let i = 0; i < path.length; i += 2) {
      const y = path[i + 1] ?? 0
      const x = ((path[i] ?? 0) - slant * y) * stretch
      out[i] = cos * x - sin * y
      out[i + 1] = sin * x + cos * y
    }
    return out
  }

export interface Placement {
  /** The longer side of the box around the paths, pixels. */
  readonly length: number
  /** The centre of mass, pixels: x to the right, y down. */
  readonly x: number
  readonly y: number
  /** The paths stay between `low` and `high` along both axes, pixels; length <= high - low. */
  readonly low: number
  readonly high: number
}

/** Scales and shifts all paths together, then shifts them back into low .. high if they stick out. */
export const place =
  ({ length, x, y, low, high }: Placement) =>
  (paths: readonly Path[]): readonly Path[] => {
    const { left, right, top, bottom, centreX, centreY } = extent(paths)
    const scale = length / Math.max(right - left, bottom - top)
    const clamp = (at: number, before: number, after: number): number =>
      Math.min(Math.max(at, low + scale * before), high - scale * after)
    const atX = clamp(x, centreX - left, right - centreX)
    const atY = clamp(y, centreY - top, bottom - centreY)
    return paths.map((path) =>
      path.map((v, i) => (i % 2 === 0 ? atX + scale * (v - centreX) : atY + scale * (v - centreY))),
    )
  }

/** The box around paths, and their centre of mass as lines of uniform weight. */
const extent = (paths: readonly Path[]) => {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  let [mass, momentX, momentY] = [0, 0, 0]
  for (const path of paths)
    for (let i = 0; i < path.length; i += 2) {
      const x = path[i] ?? 0
      const y = path[i + 1] ?? 0
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
      if (i === 0) continue
      const fromX = path[i - 2] ?? 0
      const fromY = path[i - 1] ?? 0
      const length = Math.sqrt((x - fromX) * (x - fromX) + (y - fromY) * (y - fromY))
      mass += length
      momentX += (length * (x + fromX)) / 2
      momentY += (length * (y + fromY)) / 2
    }
  return { left, right, top, bottom, centreX: momentX / mass, centreY: momentY / mass }
}
