/**
 * Generated digits that look handwritten, 28 x 28: a pure function of a key. Examples and tests need no download.
 *
 *   strokes -> between two extremes -> curve -> warp -> slope -> place -> ink
 *
 * Size and weight are MNIST's: the ink fills a box of 20 x 20 and is placed by its centre of mass. Here that centre
 * strays from the middle (MNIST's does not), so that a linear classifier cannot rely on position.
 *
 * Read `strokes.ts` first, then `path.ts` and `ink.ts`.
 */

import { pipe } from 'fp-ts/lib/function.js'
import { foldIn, type Key, normal, permutation, uniform } from '../random/key.ts'
import type { Dataset } from './dataset.ts'
import { paint } from './ink.ts'
import { curve, place, slope, warp, warpSize } from './path.ts'
import { type Stroke, type Style, styles } from './strokes.ts'

const side = 28
const pixels = side * side

/** The side of the box that the ink fills, pixels. */
const box = 20

/** How far the centre of mass strays from the middle along each axis, at most, pixels. */
const stray = 2.7

/**
 * Generates `count` labelled pictures of digits.
 *
 * Measured with float32, Adam (step 0.002), batches of 64, over three pairs of keys; accuracy in percent on
 * 2,000 pictures of a key never trained on, and on MNIST's test pictures:
 *
 *   softmax regression,   20,000 pictures, 60 epochs, the best of them   91.6 to 93.1
 *   784-128-10 with relu,  8,000 pictures,  5 epochs                     98.1 to 98.9     MNIST 87.4 to 88.3
 *   784-128-10 with relu, 12,000 pictures, 10 epochs                     98.8 to 99.5     MNIST 87.7 to 88.8
 *
 * Shape:   x [count, 784], values 0 .. 1; y [count]
 * Law:     digits(k, m) is a prefix of digits(k, n), for m <= n
 * Law:     pictures 10i .. 10i + 9 show each digit once
 */
export const digits = (key: Key, count: number): Dataset => {
  const pictures = foldIn(0)(key)
  const orders = foldIn(1)(key)
  const x = new Float32Array(count * pixels)
  const y = new Int32Array(count)
  for (let ten = 0; 10 * ten < count; ten++) {
    const order = permutation(10)(foldIn(ten)(orders))
    for (let i = 10 * ten; i < Math.min(10 * ten + 10, count); i++) {
      const label = order[i % 10] ?? 0
      y[i] = label
      x.set(picture(foldIn(i)(pictures), styles[label] ?? []), i * pixels)
    }
  }
  return { x, y, count, rows: side, columns: side }
}

/** One picture, in one of the styles. Shape: [784] */
const picture = (key: Key, candidates: readonly Style[]): Float32Array => {
  const hand = handOf(foldIn(0)(key), foldIn(1)(key))
  const bend = warp(normal(warpSize)(foldIn(2)(key)).map((z) => 0.05 * z))
  const { from, to } = chosen(candidates, hand.style)
  return pipe(
    from.map((stroke, s) => curve(between(stroke, to[s] ?? stroke, hand.mixX, hand.mixY))),
    (paths) => paths.map((path) => slope(hand)(bend(path))),
    place(hand),
    (paths) => paint(paths, hand, side, uniform(pixels)(foldIn(3)(key))),
  )
}

/**
 * How one digit is written: a `Slope`, a `Placement`, a `Pen`, and the choice of strokes.
 *
 * Sizes are normal, clamped at two standard deviations: extreme digits teach nothing. The figures are set by eye
 * against MNIST's pictures, the stray by the accuracy of a linear classifier (see `digits`).
 */
const handOf = (even: Key, bell: Key) => {
  const [style = 0, mixX = 0, mixY = 0, faint = 0, strayX = 0, strayY = 0] = uniform(6)(even)
  const [slant = 0, rotation = 0, stretch = 0, width = 0, softness = 0] = normal(5)(bell).map((z) =>
    Math.min(Math.max(z, -2), 2),
  )
  const radius = 1.3 * (1 + 0.25 * width + 0.05 * width * width)
  return {
    style,
    mixX,
    mixY,
    slant: 0.2 + 0.25 * slant,
    rotation: 0.06 * rotation,
    stretch: 0.88 * (1 + 0.15 * stretch),
    length: box - 2 * radius,
    x: middle + stray * (2 * strayX - 1),
    y: middle + stray * (2 * strayY - 1),
    low: radius + 0.5,
    high: side - 1.5 - radius,
    radius,
    softness: 1.4 + 0.2 * softness,
    roughness: 0.5,
    strength: 1 - 0.15 * faint,
  }
}

const middle = (side - 1) / 2

/** The style that u, 0 <= u < 1, selects: each has an interval of the length of its share. */
const chosen = (candidates: readonly Style[], u: number): Style => {
  const total = candidates.reduce((sum, style) => sum + style.share, 0)
  let before = 0
  for (const style of candidates) {
    before += style.share
    if (u * total < before) return style
  }
  return { share: 0, from: [], to: [] }
}

/**
 * A stroke between two, knot by knot, and from table units to the square [-1, 1]. x and y are mixed separately, which
 * gives more variety.
 */
const between = (from: Stroke, to: Stroke, mixX: number, mixY: number): Stroke =>
  from.map((a, i) => (a + ((to[i] ?? a) - a) * (i % 2 === 0 ? mixX : mixY)) / 50 - 1)
