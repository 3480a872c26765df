/**
 * An image read at places that a program computes (spatial transformers), and the places of an affine map. A place has a
 * number per spatial axis, the last axis first: from -1 at one end of the image to 1 at the other.
 */

import { constant, tensor } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  floor,
  le,
  lt,
  mul,
  rem,
  round,
  select,
  sub,
  toInt,
} from '../primitives/elementwise.ts'
import { gatherRows } from '../primitives/indexing.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape, sizeOf } from '../syntax/shape.ts'
import type { Gradual } from '../types/index.ts'
import { swapAxes } from './arranging.ts'
import { hardtanh } from './comparison.ts'
import { derived, differ, notAmong, notReal, sizeAt } from './derived.ts'
import { matmul } from './product.ts'
import { take } from './slicing.ts'
import { optionsProblem } from './spatial.ts'

const interpolations = ['linear', 'nearest', 'cubic'] as const
const paddings = ['zeros', 'border', 'reflection'] as const
export interface GridOptions {
  /** How many pixels around a place count: two, one or four along each axis. Default: 'linear'. */
  readonly method?: (typeof interpolations)[number]
  /** What lies beyond the image: zeros, the pixel at the border, or the image mirrored. Default: 'zeros'. */
  readonly padding?: (typeof paddings)[number]
  /** Whether -1 and 1 are the centres of the pixels at the ends, rather than their edges. Default: false. */
  readonly alignCorners?: boolean
}

// -- one axis --------------------------------------------------------------------------------------------------------

/** The pixel that a place between -1 and 1 means, on an axis of n. */
const unnormalized = (n: number, aligned: boolean, place: Expr): Expr =>
  aligned ? mul(add(place, 1), (n - 1) / 2) : sub(mul(add(place, 1), n / 2), 0.5)
/** A position mirrored at the ends of the image as often as it takes. */
const mirrored = (n: number, aligned: boolean, at: Expr): Expr => {
  const [low, span] = aligned ? [0, n - 1] : [-0.5, n]
  if (span === 0) return mul(at, 0)
  const from = abs(sub(at, low))
  const flips = floor(div(from, span))
  const rest = sub(from, mul(flips, span))
  return add(select(eq(rem(flips, 2), 0), rest, sub(span, rest)), low)
}
/** A position moved into the image. Its derivative is 0 at the ends, as in PyTorch. */
const inside = (n: number, { padding, alignCorners = false }: GridOptions, at: Expr): Expr =>
  padding === 'border'
    ? hardtanh(0, n - 1)(at)
    : padding === 'reflection'
      ? hardtanh(0, n - 1)(mirrored(n, alignCorners, at))
      : at

/** A pixel that counts, and its weight. */
interface Tap {
  readonly at: Expr
  readonly weight: Expr
}
/** The cubic kernel with slope -3/4 at 1, at distances 1 + t, t, 1 - t and 2 - t. */
const cubicWeights = (t: Expr): readonly Expr[] => {
  const a = -0.75
  const near = (x: Expr): Expr => add(mul(mul(sub(mul(a + 2, x), a + 3), x), x), 1)
  const far = (x: Expr): Expr => mul(a, sub(mul(add(mul(sub(x, 5), x), 8), x), 4))
  return [far(add(t, 1)), near(t), near(sub(1, t)), far(sub(2, t))]
}
/** The pixels around a place on an axis of n. Beyond the image, a weight of 0 stands for zeros. */
const tapsOf = (n: number, options: GridOptions, place: Expr): readonly Tap[] => {
  const { method = 'linear', padding = 'zeros', alignCorners = false } = options
  const free = unnormalized(n, alignCorners, place)
  const at = method === 'cubic' ? free : inside(n, options, free)
  const low = floor(at)
  const t = sub(at, low)
  const taps = (): readonly Tap[] => {
    switch (method) {
      case 'nearest':
        return [{ at: round(at), weight: constant(shapeOf(at), 1) }]
      case 'linear':
        return [
          { at: low, weight: sub(1, t) },
          { at: add(low, 1), weight: t },
        ]
      case 'cubic':
        return cubicWeights(t).map((weight, k) => ({ at: inside(n, options, add(low, k - 1)), weight }))
    }
  }
  const seen = ({ at: k, weight }: Tap): Tap => ({ at: k, weight: select(and(le(0, k), lt(k, n)), weight, 0) })
  return padding === 'zeros' ? taps().map(seen) : taps()
}

// -- all axes --------------------------------------------------------------------------------------------------------

/** Every combination of one item of each list, the last list fastest. */
const combinations = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>((all, list) => all.flatMap((c) => list.map((item) => [...c, item])), [[]])

/** image [N.., C, ...H], grid [N.., ...P, n] -> [N.., C, ...P] */
const sampled = (options: GridOptions, image: Expr, grid: Expr, n: number): Expr => {
  const batch = rankOf(image) - n - 1
  const [front, sizes] = [shapeOf(image).slice(0, batch), shapeOf(image).slice(batch + 1)]
  const places = shapeOf(grid).slice(batch, -1)
  const channels = sizeAt(image, batch)
  const along = sizes.map((size, d) => tapsOf(size, options, take(-1, n - 1 - d)(grid)))
  // [N.., pixels, C]: a place takes a row of channels
  const rows = swapAxes(-1, -2)(reshape([...front, channels, sizeOf(sizes)])(image))
  const list = (x: Expr): Expr => reshape([...front, sizeOf(places)])(x)
  const terms = combinations(along).map((taps) => {
    const flat = taps.reduce<Expr>(
      (i, { at }, d) => add(mul(i, nth(sizes, d)), hardtanhInt(nth(sizes, d), at)),
      constant(shapeOf(nth(taps, 0).at), 0),
    )
    const weight = taps.map((t) => t.weight).reduce((a, b) => mul(a, b))
    return mul(gatherRows(batch)(rows, toInt(list(flat))), reshape([...front, sizeOf(places), 1])(weight))
  })
  return reshape([...front, channels, ...places])(swapAxes(-1, -2)(terms.reduce((a, b) => add(a, b))))
}
/** The position, moved into an axis of n, so that no other row is read. */
const hardtanhInt = (n: number, at: Expr): Expr => select(lt(0, at), select(lt(at, n - 1), at, n - 1), 0)

const gridProblem = (options: GridOptions, x: Expr, grid: Expr): Problem | undefined => {
  const n = sizeAt(grid, -1)
  const batch = rankOf(x) - n - 1
  return (
    notAmong('method', options.method ?? 'linear', interpolations) ??
    notAmong('padding', options.padding ?? 'zeros', paddings) ??
    notReal(x, grid) ??
    (rankOf(grid) === 0 ? { _tag: 'RankMismatch', expected: 2, shape: [] } : undefined) ??
    (n < 1 || batch < 0 || batch > 1
      ? { _tag: 'RankMismatch', expected: n + 1, shape: shapeOf(x) }
      : differ(shapeOf(x).slice(0, batch), shapeOf(grid).slice(0, batch))) ??
    (shapeOf(x)
      .slice(batch + 1)
      .includes(0)
      ? { _tag: 'EmptyAxis', shape: shapeOf(x), axes: [batch + 1] }
      : undefined)
  )
}
/**
 * The image at the places of a grid, by interpolation. A place (x, y) has the last axis of the image first; its coordinates
 * are -1 and 1 at the ends of the image.
 *
 * Shape:   [C, ...H], [...P, n] for n spatial axes -> [C, ...P]; the same with N in front of both
 * Options: method ('linear'), padding ('zeros'), alignCorners (false): as in torch.nn.functional.grid_sample, for any n
 * Law:     gridSample()(x, affineGrid(H)([I 0])) = x
 * Derivative: in the image and in the places; at a pixel's centre that of the pixel above it, and 0 in a coordinate that
 *          padding 'border' or 'reflection' moves to an end. 'nearest' has derivative 0 in the places
 * Errors:  RankMismatch, ShapeMismatch, ElementType, InvalidAttribute
 * Source:  Jaderberg et al., "Spatial Transformer Networks" (2015)
 *
 * @example
 * const f = programOrThrow([real(1, 1, 3), real(1, 2, 2)], ([x, grid]) => gridSample({ alignCorners: true })(x, grid))
 * evaluate(f.closed, [Float64Array.of(1, 2, 4), Float64Array.of(-1, 0, 0.5, 0)]) // => [[1, 3]]
 */
export const gridSample = operation(
  'gridSample(options?{method padding alignCorners})(x, grid)',
  (options: GridOptions = {}) =>
    (x: Expr<Gradual, 'real'>, grid: Expr<Gradual, 'real'>): Expr<Gradual, 'real'> => {
      const [e, g]: readonly [Expr, Expr] = [x, grid]
      return derived('gridSample', [e, g], gridProblem(options, e, g), () => sampled(options, e, g, sizeAt(g, -1)))
    },
)
/**
 * The places that an affine map gives to the pixels of an image of this size: theta (x, y, 1), for coordinates from -1 to 1.
 *
 * Shape:   theta [..., n, n + 1] -> [..., ...size, n], for n = the number of sizes
 * Options: alignCorners (false): as in gridSample
 * Errors:  ShapeMismatch, RankMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(2, 3), (theta) => affineGrid([1, 2], { alignCorners: true })(theta))
 * evaluate(f.closed, [Float64Array.of(1, 0, 0, 0, 1, 0)]) // => [[-1, 0, 1, 0]]
 */
export const affineGrid = operation(
  'affineGrid(size, options?{alignCorners})(theta)',
  (size: Shape, { alignCorners = false }: Pick<GridOptions, 'alignCorners'> = {}) =>
    (theta: Expr<Gradual, 'real'>): Expr<Gradual, 'real'> => {
      const e: Expr = theta
      const n = size.length
      const problem: Problem | undefined =
        notReal(e) ??
        optionsProblem(n, { size: { least: 1, values: size } }) ??
        (rankOf(e) < 2 ? { _tag: 'RankMismatch', expected: 2, shape: shapeOf(e) } : undefined) ??
        differ([n, n + 1], shapeOf(e).slice(-2))
      return derived('affineGrid', [e], problem, () => {
        const centre = (i: number, m: number): number =>
          alignCorners ? (m === 1 ? 0 : (2 * i) / (m - 1) - 1) : (2 * i + 1) / m - 1
        const points = combinations(size.map((m) => axesOf(m).map((i) => centre(i, m))))
        const base = tensor(
          [n + 1, points.length],
          axesOf(n + 1).flatMap((d) => points.map((p) => p[n - 1 - d] ?? 1)),
        )
        return reshape([...shapeOf(e).slice(0, -2), ...size, n])(swapAxes(-1, -2)(matmul(e, base)))
      })
    },
)
