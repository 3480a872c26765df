/**
 * Augmentation: a training picture changed a little, so that what is learned does not hang on where it lay. Every change is
 * a pure function of a key: the same key, the same picture.
 *
 *   augmented = step_n(key_n) o ... o step_1(key_1)      key_j = the j-th child of the example's key
 *
 * Moves go backwards: every place of the new picture asks where it came from, and what lies between four pixels is their
 * bilinear mean; outside of the picture is 0.
 *
 * Source:  P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks" (ICDAR 2003);
 *          T. DeVries, G. Taylor, "Improved regularization with cutout" (2017), arXiv:1708.04552
 */

import { foldIn, type Key, normal, uniform } from '../random/key.ts'
import type { Dataset } from './dataset.ts'

/** Brightness, row by row. */
export interface Image {
  readonly pixels: Float32Array
  readonly rows: number
  readonly columns: number
}
export type Augmentation = (key: Key, image: Image) => Image

/** Where the pixel at (x, y), from the middle of the picture, is taken from: [a x + b y + u, c x + d y + v]. */
export interface AffineMap {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly u: number
  readonly v: number
}
/** Law: at whole places, the pixel itself: the identity moves no bit. */
const bilinear = ({ pixels, rows, columns }: Image, x: number, y: number): number => {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [p, q] = [x - left, y - top]
  const pixel = (i: number, j: number): number =>
    i >= 0 && j >= 0 && i < columns && j < rows ? (pixels[j * columns + i] ?? 0) : 0
  const row = (j: number): number => (p === 0 ? pixel(left, j) : (1 - p) * pixel(left, j) + p * pixel(left + 1, j))
  return q === 0 ? row(top) : (1 - q) * row(top) + q * row(top + 1)
}
/** The picture whose every pixel comes from where the map says. */
export const resample =
  ({ a, b, c, d, u, v }: AffineMap) =>
  (image: Image): Image => {
    const { rows, columns } = image
    const [x0, y0] = [(columns - 1) / 2, (rows - 1) / 2]
    const pixels = Float32Array.from({ length: rows * columns }, (_, i) => {
      const [x, y] = [(i % columns) - x0, Math.floor(i / columns) - y0]
      return bilinear(image, a * x + b * y + u + x0, c * x + d * y + v + y0)
    })
    return { ...image, pixels }
  }

/** Uniform in [-1, 1). */
const spread = (key: Key, n: number): Float64Array => uniform(n)(key).map((t) => 2 * t - 1)

/** Moved along both axes by at most `pixels`; by whole pixels where `whole` says so. */
export const shift =
  ({ pixels, whole = false }: { readonly pixels: number; readonly whole?: boolean }): Augmentation =>
  (key, image) => {
    const [s = 0, t = 0] = spread(key, 2)
    const by = (r: number): number => (whole ? Math.floor((r + 1) * (pixels + 0.5)) - pixels : r * pixels)
    return resample({ a: 1, b: 0, c: 0, d: 1, u: by(s), v: by(t) })(image)
  }

/** Largest changes. */
export interface AffineRange {
  /** Radians, either way. */
  readonly rotate?: number
  /** 0.1: sides of the new picture's things are up to 10 % longer or shorter. */
  readonly scale?: number
  /** A column's move for every row. */
  readonly shear?: number
  /** Pixels. */
  readonly shift?: number
}
/** Turned, scaled, sheared and moved, about the middle. */
export const affine =
  ({ rotate = 0, scale = 0, shear = 0, shift: move = 0 }: AffineRange): Augmentation =>
  (key, image) => {
    const [r = 0, z = 0, h = 0, s = 0, t = 0] = spread(key, 5)
    const [cos, sin, size] = [Math.cos(r * rotate), Math.sin(r * rotate), 1 / (1 + z * scale)]
    const slant = h * shear
    // the inverse of: scale, then shear, then turn
    return resample({
      a: size * (cos + slant * sin),
      b: size * (sin - slant * cos),
      c: size * -sin,
      d: size * cos,
      u: s * move,
      v: t * move,
    })(image)
  }

/** Normal numbers of this deviation added to every pixel; the sums are not cut. */
export const noise =
  ({ deviation }: { readonly deviation: number }): Augmentation =>
  (key, image) => {
    const z = normal(image.pixels.length)(key)
    return { ...image, pixels: image.pixels.map((p, i) => p + deviation * (z[i] ?? 0)) }
  }

/** Mirrored, left for right ('columns') or top for bottom ('rows'), with this probability. */
export const flip =
  ({
    along = 'columns',
    probability = 0.5,
  }: {
    readonly along?: 'columns' | 'rows'
    readonly probability?: number
  } = {}): Augmentation =>
  (key, image) => {
    const [t = 1] = uniform(1)(key)
    if (t >= probability) return image
    return resample({ a: along === 'columns' ? -1 : 1, b: 0, c: 0, d: along === 'rows' ? -1 : 1, u: 0, v: 0 })(image)
  }

/** A square of this side, with its middle anywhere in the picture, filled with `value`. */
export const cutout =
  ({ side, value = 0 }: { readonly side: number; readonly value?: number }): Augmentation =>
  (key, image) => {
    const { rows, columns } = image
    const [s = 0, t = 0] = uniform(2)(key)
    const [left, top] = [Math.floor(s * columns) - Math.floor(side / 2), Math.floor(t * rows) - Math.floor(side / 2)]
    const inside = (i: number): boolean => {
      const [x, y] = [(i % columns) - left, Math.floor(i / columns) - top]
      return x >= 0 && y >= 0 && x < side && y < side
    }
    return { ...image, pixels: image.pixels.map((p, i) => (inside(i) ? value : p)) }
  }

/**
 * One augmentation after the other, each with a key of its own.
 *
 * Law:     compose() is the identity
 */
export const compose =
  (...steps: readonly Augmentation[]): Augmentation =>
  (key, image) =>
    steps.reduce((now, step, j) => step(foldIn(j)(key), now), image)

/**
 * Pictures one after the other, [count, rows * columns], each changed by the key of its own place.
 *
 * Law:     augmented(k, x) has the first pictures of augmented(k, [x, more])
 */
export const augmentAll =
  (step: Augmentation, { rows, columns }: { readonly rows: number; readonly columns: number }) =>
  (key: Key, pixels: Float32Array): Float32Array => {
    const size = rows * columns
    const out = new Float32Array(pixels.length)
    for (let i = 0; (i + 1) * size <= pixels.length; i++) {
      const image = { pixels: pixels.subarray(i * size, (i + 1) * size), rows, columns }
      out.set(step(foldIn(i)(key), image).pixels, i * size)
    }
    return out
  }
/** A dataset, augmented once. */
export const augment = (step: Augmentation, key: Key, d: Dataset): Dataset => ({
  ...d,
  x: augmentAll(step, d)(key, d.x),
})
