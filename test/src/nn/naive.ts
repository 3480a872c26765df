/** Layers as loops over plain arrays: written from the formulas of papers, without the library's code. */

/** Row-major, with its shape. */
export interface Plain {
  readonly shape: readonly number[]
  readonly at: (...i: readonly number[]) => number
}
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
export const plain = (shape: readonly number[], data: ArrayLike<number>): Plain => ({
  shape,
  at: (...i) =>
    i.every((k, d) => k >= 0 && k < (shape[d] as number))
      ? (data[i.reduce((n, k, d) => n * (shape[d] as number) + k, 0)] as number)
      : 0,
})
/** Every index of a shape, in row-major order. */
export const indices = (shape: readonly number[]): readonly (readonly number[])[] =>
  shape.reduce<readonly (readonly number[])[]>(
    (all, n) => all.flatMap((i) => Array.from({ length: n }, (_, k) => [...i, k])),
    [[]],
  )
export const tabulate = (shape: readonly number[], f: (...i: readonly number[]) => number): Float64Array =>
  Float64Array.from(indices(shape), (i) => f(...i))
/** Different numbers: sines. */
export const wave = (n: number, phase = 0): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + phase) + 0.3 * Math.cos(0.9 * i * i + phase))
export const waves = (shape: readonly number[], phase = 0): readonly [Plain, Float64Array] => {
  const data = wave(size(shape), phase)
  return [plain(shape, data), data]
}

export interface Windows {
  readonly stride?: number
  readonly pad?: number
  readonly dilation?: number
  readonly groups?: number
}
/** y[o, p] = b[o] + sum over c in o's group, over r: w[o, c, r] x[c, stride p + dilation r - pad] */
export const convolution = (
  { stride = 1, pad = 0, dilation = 1, groups = 1 }: Windows,
  x: Plain,
  w: Plain,
  b: ArrayLike<number>,
): Float64Array => {
  const [out, inner, ...kernel] = w.shape as readonly [number, number, ...number[]]
  const sizes = kernel.map(
    (k, d) => Math.floor(((x.shape[d + 1] as number) + 2 * pad - dilation * (k - 1) - 1) / stride) + 1,
  )
  const taps = indices([inner, ...kernel])
  return tabulate([out, ...sizes], (o, ...p) => {
    const first = Math.floor(o / (out / groups)) * inner
    return taps.reduce(
      (sum, [c, ...r]) =>
        sum +
        w.at(o, c as number, ...r) *
          x.at(first + (c as number), ...r.map((k, d) => stride * (p[d] as number) + dilation * k - pad)),
      b[o] as number,
    )
  })
}
/** [L, I] [O, I] -> [L, O], as W x + b of every row. */
export const affine = (rows: readonly (readonly number[])[], w: Plain, b: ArrayLike<number>): number[][] =>
  rows.map((x) =>
    Array.from({ length: w.shape[0] as number }, (_, o) => x.reduce((s, v, i) => s + w.at(o, i) * v, b[o] as number)),
  )
