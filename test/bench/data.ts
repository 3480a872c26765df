/** The bench's data, the same numbers in every peer. flat[i] = offset + scale sin(0.37 i + c), in float64, then float32. */
import { type Shape, sizeOf } from '../../lang/syntax/shape.ts'

export const fill = (shape: Shape, scale: number, c: number, offset = 0): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => offset + scale * Math.sin(0.37 * i + c))
/** Values in [0, 1]. */
export const images = (shape: Shape): Float32Array => fill(shape, 0.5, 100, 0.5)
/** 1 at column (7 b + 3) mod 10 of row b. */
export const onehot = (shape: Shape): Float32Array => {
  const v = new Float32Array(sizeOf(shape))
  for (let b = 0; 10 * b < v.length; b++) v[b * 10 + ((7 * b + 3) % 10)] = 1
  return v
}
/** A parameter: its shape, scale and offset; the k-th of a list has c = k. */
export type Parameter = readonly [shape: Shape, scale: number, offset?: number]
export const parameters = (list: readonly Parameter[]): readonly Float32Array[] =>
  list.map(([shape, scale, offset], k) => fill(shape, scale, k, offset))

export interface Checks {
  readonly loss?: number
  readonly grad_checksum?: number
  readonly grad_probe?: number
  readonly loss10?: number
  readonly gv?: number
}
/** Sums over all gradients: of |g|, and of the positive ones weighted by their place, which catches signs and orders. */
export const checksums = (
  gradients: readonly ArrayLike<number>[],
): { readonly grad_checksum: number; readonly grad_probe: number } => {
  let [total, probe] = [0, 0]
  for (const g of gradients)
    for (let i = 0; i < g.length; i++) {
      const x = g[i] as number
      total += Math.abs(x)
      if (x > 0) probe += x * (1 + (i % 7))
    }
  return { grad_checksum: total, grad_probe: probe }
}
