/**
 * Orthonormal vectors by block Gram-Schmidt. The vectors of a block are made orthonormal, then their directions are
 * subtracted from all later vectors. That second part is nearly all of the work, and consists of products of matrices:
 * each number that is loaded serves several products.
 *
 * Error:   dot products of different results are about 1e-16 times the condition number of the vectors
 * Source:  Jalby and Philippe, "Stability analysis and improvement of the block Gram-Schmidt algorithm" (1991), for the
 *          blocks, whose vectors are orthogonalised twice
 */
import { openTiles, type Tiles, width } from './tiles.ts'

/** The numbers of each vector that are treated together: those of a whole block fit into the second cache. */
const piece = 512

/** Makes `count` independent vectors of a length, one after the other in `v`, orthonormal. The product of each with what it was is positive. */
export const orthonormal = (v: Float64Array, count: number, length: number): void => {
  const tiles = openTiles(count, length)
  if (tiles === undefined) oneByOne(v, count, length)
  else {
    tiles.write(v)
    inBlocks(tiles, count, length)
    tiles.read(v)
  }
}
const inBlocks = (tiles: Tiles, count: number, length: number): void => {
  for (let from = 0; from < count; from += width) {
    const to = Math.min(count, from + width)
    for (let k = from; k < to; k++) straighten(tiles, from, k)
    tiles.clear()
    for (const treat of [tiles.addProducts, tiles.subtract])
      for (let start = 0; start < length; start += piece) {
        const n = Math.min(piece, length - start)
        for (let r = to; r < count; r += 3) for (let q = from; q < to; q += 4) treat(r, q, q - from, start, n)
      }
  }
}
/** Vectors as they lie in one memory. */
type Vectors = Pick<Tiles, 'dot' | 'less' | 'scale'>
/** Makes vector k orthogonal to the vectors from, ..., k - 1, which are orthonormal, and of length 1. */
const straighten = ({ dot, less, scale }: Vectors, from: number, k: number): void => {
  // the second time removes what rounding has left of the other vectors
  for (let time = 0; time < 2; time++) for (let j = from; j < k; j++) less(k, dot(j, k), j)
  scale(k, 1 / Math.sqrt(dot(k, k)))
}

/** Without vectors of the host: few numbers, or slowly. */
const oneByOne = (v: Float64Array, count: number, length: number): void => {
  const dot = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < length; i++) sum += (v[a * length + i] as number) * (v[b * length + i] as number)
    return sum
  }
  const less = (x: number, along: number, u: number): void => {
    for (let i = 0; i < length; i++)
      v[x * length + i] = (v[x * length + i] as number) - along * (v[u * length + i] as number)
  }
  const scale = (x: number, by: number): void => {
    for (let i = 0; i < length; i++) v[x * length + i] = (v[x * length + i] as number) * by
  }
  for (let k = 0; k < count; k++) straighten({ dot, less, scale }, 0, k)
}
