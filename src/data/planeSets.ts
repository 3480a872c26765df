/**
 * Points of the plane in two classes, from a key, for small classifiers. All are within about [-1, 1]^2. The labels
 * alternate, so that each class has half of the points.
 */

import { foldIn, type Key, normal, uniform } from '../random/key.ts'
import type { Examples } from './dataset.ts'

/** Labelled points. Shape: x [count, 2]; y [count], 0 or 1 */
export type PlaneSet = Examples<Float32Array, Int32Array>
type Pair = readonly [number, number]
/** A point of a class from two uniforms and two normals. */
type Draw = (label: number, u: Pair, z: Pair) => Pair

const setOf =
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
/** A point at this radius and angle, in full revolutions. */
const around = (radius: number, revolutions: number): Pair => [
  radius * Math.cos(2 * Math.PI * revolutions),
  radius * Math.sin(2 * Math.PI * revolutions),
]
const noisy = ([x, y]: Pair, spread: number, [a, b]: Pair): Pair => [x + spread * a, y + spread * b]

/** Class 0: a disc of radius 0.4; class 1: a ring around it, of radius 0.65 to 1. */
export const circle = setOf((label, [u, v]) => around(label === 0 ? 0.4 * Math.sqrt(u) : 0.65 + 0.35 * u, v))
/** Class 1 if the signs of the coordinates differ; no point is within 0.1 of an axis. */
export const exclusiveOr = setOf((label, [u, v]) => {
  const size = (w: number): number => 0.1 + 0.9 * w
  const [right, a] = [u < 0.5 ? -1 : 1, size((2 * u) % 1)]
  return [right * a, (label === 0 ? right : -right) * size(v)]
})
/** Two normal clouds around (-0.5, -0.5) and (0.5, 0.5), with standard deviation 0.2. */
export const gaussians = setOf((label, _, z) => noisy(label === 0 ? [-0.5, -0.5] : [0.5, 0.5], 0.2, z))
/** Two spiral arms of one and a half revolutions, half a revolution apart, with noise of standard deviation 0.02. */
export const spiral = setOf((label, [u], z) => {
  const t = Math.sqrt(u)
  return noisy(around(0.08 + 0.92 * t, 1.5 * t + label / 2), 0.02, z)
})
