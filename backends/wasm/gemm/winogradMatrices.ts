/**
 * Winograd's short convolutions: out[i] = sum_j data[i + j] filter[j], of r terms, for m outputs at once, with n = m + r - 1
 * multiplications in place of m r. As products of polynomials at n - 1 points, and at infinity:
 *
 *   out = A' ((G filter) (B' data))      element by element in the middle
 *
 * Points p and -p share most of their work. All numbers of A and B are fractions of powers of two, so only G rounds.
 *
 * Source: A. Lavin, S. Gray, Fast algorithms for convolutional neural networks, 2016. The points are closer to 1 than
 * theirs (0, 1, -1, 2, -2), which halves the rounding errors.
 */
export type Matrix = readonly (readonly number[])[]
export interface Short {
  readonly outs: number
  readonly taps: number
  /** B', G and A'. */
  readonly data: Matrix
  readonly filter: Matrix
  readonly result: Matrix
}
/** Zero, and pairs. */
const points = (n: number): readonly number[] => (n === 4 ? [0, 1, -1] : [0, 0.75, -0.75, 1.5, -1.5])
const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
/** The coefficients of the product of x - p. */
const polynomial = (roots: readonly number[]): readonly number[] =>
  roots.reduce<readonly number[]>((c, p) => range(c.length + 1).map((k) => (c[k - 1] ?? 0) - p * (c[k] ?? 0)), [1])
/** For 4 or 6 multiplications. */
export const shortConvolution = (outs: number, taps: number): Short => {
  const n = outs + taps - 1
  const at = points(n)
  const others = (p: number): readonly number[] => at.filter((q) => q !== p)
  const scale = (p: number): number => others(p).reduce((s, q) => s * (p - q), 1)
  const powers = (p: number, count: number): readonly number[] => range(count).map((k) => p ** k)
  const atInfinity = (count: number): readonly number[] => range(count).map((k) => (k === count - 1 ? 1 : 0))
  const values = [...at.map((p) => powers(p, outs)), atInfinity(outs)]
  return {
    outs,
    taps,
    data: [...at.map((p) => [...polynomial(others(p)), 0]), polynomial(at)],
    filter: [...at.map((p) => powers(p, taps).map((x) => x / scale(p))), atInfinity(taps)],
    result: range(outs).map((i) => values.map((v) => v[i] as number)),
  }
}
/**
 * How much larger the numbers in between are: the largest sum of |A'| (|G| 1) (|B'| 1) over the positions. In two dimensions,
 * with c channels, an error is at most (c + 16) 2^-24 times the square of this, times the sum over channels of the largest
 * numbers of the tile and of the filter.
 */
export const errorFactor = ({ data, filter, result }: Short): number => {
  const size = (row: readonly number[] | undefined): number => (row ?? []).reduce((s, x) => s + Math.abs(x), 0)
  return Math.max(...result.map((row) => row.reduce((s, a, p) => s + Math.abs(a) * size(data[p]) * size(filter[p]), 0)))
}
