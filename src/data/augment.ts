/**
 * Augmentation: small random changes of training pictures, so that what is learned does not depend on position, size or
 * angle. Every change is a pure function of a key: the same key gives the same picture.
 *
 *   augmented = step_n(key_n) o ... o step_1(key_1)      key_j = the j-th child of the example's key
 *
 * Geometric changes map backwards: every pixel of the new picture is read at a point of the old one, by bilinear
 * interpolation of the four pixels around it; pixels outside of the picture are 0.
 *
 * Source:  P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks" (ICDAR 2003);
 *          T. DeVries, G. Taylor, "Improved regularization with cutout" (2017), arXiv:1708.04552
 */

import { foldIn, type Key, normal, uniform } from '../random/key.ts'
import type { Dataset } from './dataset.ts'

/** A grey picture. */
export interface Image {
  /** Brightness, row by row. */
  readonly pixels: Float32Array
  readonly rows: number
  readonly columns: number
}
/** A random change of a picture. It keeps the size. */
export type Augmentation = (key: Key, image: Image) => Image

/**
 * A map from pixels of the new picture to points of the old one, (x, y) -> (a x + b y + u, c x + d y + v). Coordinates
 * are pixels from the middle of the picture, x to the right and y down.
 */
export interface AffineMap {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly u: number
  readonly v: number
}
/** The brightness at a point. Law: at integer coordinates the pixel itself, so the identity keeps every bit */
const bilinear = ({ pixels, rows, columns }: Image, x: number, y: number): number => {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [p, q] = [x - left, y - top]
  const pixel = (i: number, j: number): number =>
    i >= 0 && j >= 0 && i < columns && j < rows ? (pixels[j * columns + i] ?? 0) : 0
  const row = (j: number): number => (p === 0 ? pixel(left, j) : (1 - p) * pixel(left, j) + p * pixel(left + 1, j))
  return q === 0 ? row(top) : (1 - q) * row(top) + q * row(top + 1)
}
/** The picture whose pixels are read through the map. */
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

/**
 * Translation along both axes by at most `pixels` pixels. `whole`: by a whole number of pixels. Default: false.
 */
export const shift =
  ({ pixels, whole = false }: { readonly pixels: number; readonly whole?: boolean }): Augmentation =>
  (key, image) => {
    const [s = 0, t = 0] = spread(key, 2)
    const by = (r: number): number => (whole ? Math.floor((r + 1) * (pixels + 0.5)) - pixels : r * pixels)
    return resample({ a: 1, b: 0, c: 0, d: 1, u: by(s), v: by(t) })(image)
  }

/** The largest changes of `affine`, each way; all are 0 by default. */
export interface AffineRange {
  /** The angle of rotation, radians. */
  readonly rotate?: number
  /** The relative change of size: with 0.1 lengths change by up to 10 %. */
  readonly scale?: number
  /** The horizontal shift per row, pixels. */
  readonly shear?: number
  /** The translation along each axis, pixels. */
  readonly shift?: number
}
/** A random affine map about the middle: scaling, shear, rotation and translation. */
export const affine =
  ({ rotate = 0, scale = 0, shear = 0, shift: translate = 0 }: AffineRange): Augmentation =>
  (key, image) => {
    const [r = 0, z = 0, h = 0, s = 0, t = 0] = spread(key, 5)
    const [cos, sin, size] = [Math.cos(r * rotate), Math.sin(r * rotate), 1 / (1 + z * scale)]
    const slant = h * shear
    // the inverse of: scale, then shear, then rotate
    return resample({
      a: size * (cos + slant * sin),
      b: size * (sin - slant * cos),
      c: size * -sin,
      d: size * cos,
      u: s * translate,
      v: t * translate,
    })(image)
  }

/** Adds normal noise with this standard deviation to every pixel. The sums are not clipped. */
export const noise =
  ({ deviation }: { readonly deviation: number }): Augmentation =>
  (key, image) => {
    const z = normal(image.pixels.length)(key)
    return { ...image, pixels: image.pixels.map((p, i) => p + deviation * (z[i] ?? 0)) }
  }

/**
 * A reflection with this probability, 0.5 by default: 'columns', the default, exchanges left and right, 'rows' top and
 * bottom.
 */
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

/** Fills a square with sides of `side` pixels, centred anywhere in the picture, with `value`, 0 by default. */
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
 * Augmentations in order, each with a key of its own.
 *
 * Law:     compose() is the identity
 */
export const compose =
  (...steps: readonly Augmentation[]): Augmentation =>
  (key, image) =>
    steps.reduce((now, step, j) => step(foldIn(j)(key), now), image)

/**
 * Augments many pictures, [count, rows * columns], the i-th with the i-th child of the key.
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
/** The dataset with every picture augmented once. */
export const augment = (step: Augmentation, key: Key, d: Dataset): Dataset => ({
  ...d,
  x: augmentAll(step, d)(key, d.x),
})
