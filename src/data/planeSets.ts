/**
 * Points of the plane in two classes, as many as one likes, from a key: what small classifiers are shown. All lie within
 * about [-1, 1]^2, and classes take turns, so that half of the points are of each.
 */

import { foldIn, type Key, normal, uniform } from '../random/key.ts'
import type { Examples } from './dataset.ts'

/** Shape: x [count, 2]; y [count], 0 or 1 */
export type PlaneSet = Examples<Float32Array, Int32Array>
type Pair = readonly [number, number]
/** A point of a class from two uniforms and two normals. */
type Draw = (label: number, u: Pair, z: Pair) => Pair

const made =
  (draw: Draw) =>
  (key: Key, count: number): PlaneSet => {
    const [u, z] = [uniform(2 * count)(foldIn(0)(key)), normal(2 * count)(foldIn(1)(key))]
    const y = Int32Array.from({ length: count }, (_, i) => i % 2)
    const x = new Float32Array(2 * count)
    y.forEach((label, i) => {
      const pair = (from: Float64Array): Pair => [from[2 * i] ?? 0, from[2 * i + 1] ?? 0]
      x.set(draw(label, pair(u), pair(z)), 2 * i)
    })
    return { x, y, count }
  }
const around = (radius: number, turns: number): Pair => [
  radius * Math.cos(2 * Math.PI * turns),
  radius * Math.sin(2 * Math.PI * turns),
]
const noisy = ([x, y]: Pair, spread: number, [a, b]: Pair): Pair => [x + spread * a, y + spread * b]

/** A disc of radius 0.4 inside a ring from 0.65 to 1. */
export const circle = made((label, [u, v]) => around(label === 0 ? 0.4 * Math.sqrt(u) : 0.65 + 0.35 * u, v))
/** 1 where the signs of the coordinates differ; no point is within 0.1 of an axis. */
export const exclusiveOr = made((label, [u, v]) => {
  const size = (w: number): number => 0.1 + 0.9 * w
  const [right, a] = [u < 0.5 ? -1 : 1, size((2 * u) % 1)]
  return [right * a, (label === 0 ? right : -right) * size(v)]
})
/** Two clouds, with their middles at (-0.5, -0.5) and (0.5, 0.5), and deviation 0.2. */
export const gaussians = made((label, _, z) => noisy(label === 0 ? [-0.5, -0.5] : [0.5, 0.5], 0.2, z))
/** Two arms of one and a half turns, half a turn apart, with deviation 0.02. */
export const spiral = made((label, [u], z) => {
  const t = Math.sqrt(u)
  return noisy(around(0.08 + 0.92 * t, 1.5 * t + label / 2), 0.02, z)
})
