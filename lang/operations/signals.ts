/** Convolution of two sequences: sums of products over all pairs of places at one distance. */
import { reshape, reverse } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Add, AtMost, Gradual, Max, Sub } from '../types/index.ts'
import { conv } from './convolution.ts'
import { derived, notAmong, notReal, sizeAt } from './derived.ts'

/** Which places are in the result: all where they overlap, as many as the longer has, or those where all overlaps. */
type Overlap = 'full' | 'same' | 'valid'
type Overlapping<X extends Shape, Y extends Shape, M extends Overlap> = number extends X['length'] | Y['length']
  ? Gradual
  : X extends readonly [infer N extends number]
    ? Y extends readonly [infer K extends number]
      ? Overlap extends M
        ? readonly [number]
        : number extends N | K
          ? readonly [number]
          : readonly [Length<N, K, M>]
      : Gradual
    : Gradual
type Length<N extends number, K extends number, M extends Overlap> = M extends 'same'
  ? Max<N, K>
  : M extends 'full'
    ? Sub<Add<N, K>, 1>
    : AtMost<K, N> extends true
      ? Add<Sub<N, K>, 1>
      : Add<Sub<K, N>, 1>

/** sum over r of x[i + r] w[r], with zeros around x; w is not longer than x. */
const slid = (x: Expr, w: Expr, mode: Overlap): Expr => {
  const [n, k] = [sizeAt(x, 0), sizeAt(w, 0)]
  const half = Math.floor(k / 2)
  const pad = { full: [k - 1, k - 1], same: [half, k - 1 - half], valid: [0, 0] } as const
  const y: Expr = conv({ pad: [pad[mode]] })(reshape([1, n])(x), reshape([1, 1, k])(w))
  return reshape([sizeAt(y, 1)])(y)
}
const overlapProblem = (x: Expr, w: Expr, mode: unknown): Problem | undefined => {
  const other = [x, w].find((e) => rankOf(e) !== 1)
  if (other !== undefined) return { _tag: 'RankMismatch', expected: 1, shape: other.type.shape }
  const empty = [x, w].find((e) => sizeAt(e, 0) === 0)
  if (empty !== undefined) return { _tag: 'EmptyAxis', shape: [0], axes: [0] }
  return notReal(x, w) ?? notAmong('mode', mode, ['full', 'same', 'valid'])
}
/**
 * The convolution of two sequences, out[i] = sum over j of x[j] w[i - j] (numpy.convolve): the coefficients of a product
 * of polynomials. Of long sequences it is quicker through `rfft`. Default: mode = 'full'
 *
 * Shape:   [n], [k] -> [n + k - 1]; with 'same' [max(n, k)], with 'valid' [|n - k| + 1]
 * Law:     convolve(mode)(x, w) = convolve(mode)(w, x)
 * Errors:  RankMismatch, EmptyAxis, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(3), real(2)], ([x, w]) => convolve()(x, w))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3), Float64Array.of(1, 1)]) // => [[1, 3, 5, 3]]
 */
export const convolve = operation(
  'convolve(mode?)(x, w)',
  <const M extends Overlap = 'full'>(mode?: M) =>
    <X extends Shape, W extends Shape>(x: Expr<X, 'real'>, w: Expr<W, 'real'>): Expr<Overlapping<X, W, M>, 'real'> => {
      const how = mode ?? 'full'
      return derived('convolve', [x, w], overlapProblem(x, w, how), () => {
        const [long, short]: readonly [Expr, Expr] = sizeAt(x, 0) >= sizeAt(w, 0) ? [x, w] : [w, x]
        return slid(long, reverse(0)(short), how)
      })
    },
)
/**
 * The correlation of two sequences, out[i] = sum over j of x[i + j] w[j] (numpy.correlate). Default: mode = 'valid'
 *
 * Shape and errors: as convolve
 * Law:     correlate('full')(x, w) = convolve('full')(x, reverse(0)(w))
 */
export const correlate = operation(
  'correlate(mode?)(x, w)',
  <const M extends Overlap = 'valid'>(mode?: M) =>
    <X extends Shape, W extends Shape>(x: Expr<X, 'real'>, w: Expr<W, 'real'>): Expr<Overlapping<X, W, M>, 'real'> => {
      const how = mode ?? 'valid'
      return derived('correlate', [x, w], overlapProblem(x, w, how), () =>
        sizeAt(x, 0) >= sizeAt(w, 0) ? slid(x, w, how) : reverse(0)(slid(w, x, how)),
      )
    },
)
