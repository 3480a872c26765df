/**
 * Orthonormal vectors by block Gram-Schmidt. The vectors of a block are made orthonormal, then their directions are
 * subtracted from all later vectors. That second part is nearly all of the work, and consists of products of matrices:
 * each number that is loaded serves several products.
 *
 * Error:   dot products of different results are about 1e-16 times the condition number of the vectors
 * Source:  Jalby and Philippe, "Stability analysis and improvement of the block Gram-Schmidt algorithm" (1991), for the
 *          blocks, whose vectors are orthogonalised twice
 */

/** The vectors of a block: a multiple of 4. */
const width = 16
/** The numbers of each vector that are treated together: those of a whole block fit into the second cache. */
const piece = 512

/** Makes `count` independent vectors of a length, one after the other in `v`, orthonormal. Each keeps its side. */
export const orthonormal = (v: Float64Array, count: number, length: number): void => {
  // one row more than needed: the partner of an odd last vector
  const products = new Float64Array(width * (count + 1))
  for (let from = 0; from < count; from += width) {
    const to = Math.min(count, from + width)
    for (let k = from; k < to; k++) straighten(v, from, k, length)
    products.fill(0)
    for (const treat of [addProducts, subtract])
      for (let start = 0; start < length; start += piece) {
        const numbers = { start, n: Math.min(piece, length - start), length }
        for (let r = to; r < count; r += 2)
          for (let q = from; q < to; q += 4)
            treat(v, r, Math.min(r + 1, count - 1), q, numbers, products, r * width + q - from)
      }
  }
}

/** Makes vector k orthogonal to the vectors from, ..., k - 1, which are orthonormal, and of length 1. */
const straighten = (v: Float64Array, from: number, k: number, length: number): void => {
  const x = v.subarray(k * length, (k + 1) * length)
  // the second time removes what rounding has left of the other vectors
  for (let time = 0; time < 2; time++)
    for (let j = from; j < k; j++) {
      const u = v.subarray(j * length, (j + 1) * length)
      const along = dot(u, x)
      for (let i = 0; i < length; i++) x[i] = (x[i] as number) - along * (u[i] as number)
    }
  const size = Math.sqrt(dot(x, x))
  for (let i = 0; i < length; i++) x[i] = (x[i] as number) / size
}
const dot = (u: Float64Array, x: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += (u[i] as number) * (x[i] as number)
  return sum
}

/** The numbers start, ..., start + n - 1 of vectors of this length. */
interface Piece {
  readonly start: number
  readonly n: number
  readonly length: number
}
/**
 * A tile: vectors a and b, and the vectors q, ..., q + 3 of a block. The products of a with the four are at `at`, those
 * of b one row below. If b is a, the work is done twice, to the same effect.
 */
type Tile = (
  v: Float64Array,
  a: number,
  b: number,
  q: number,
  numbers: Piece,
  products: Float64Array,
  at: number,
) => void

/** Adds the dot products of a piece. */
const addProducts: Tile = (v, a, b, q, { start, n, length }, products, at) => {
  let a0 = 0
  let a1 = 0
  let a2 = 0
  let a3 = 0
  let b0 = 0
  let b1 = 0
  let b2 = 0
  let b3 = 0
  const ia = a * length + start
  const ib = b * length + start
  const i0 = q * length + start
  const i1 = i0 + length
  const i2 = i1 + length
  const i3 = i2 + length
  for (let i = 0; i < n; i++) {
    const x = v[ia + i] as number
    const y = v[ib + i] as number
    const u0 = v[i0 + i] as number
    const u1 = v[i1 + i] as number
    const u2 = v[i2 + i] as number
    const u3 = v[i3 + i] as number
    a0 += x * u0
    a1 += x * u1
    a2 += x * u2
    a3 += x * u3
    b0 += y * u0
    b1 += y * u1
    b2 += y * u2
    b3 += y * u3
  }
  ;[a0, a1, a2, a3].forEach((c, k) => {
    products[at + k] = (products[at + k] as number) + c
  })
  ;[b0, b1, b2, b3].forEach((c, k) => {
    products[at + width + k] = (products[at + width + k] as number) + c
  })
}
/** Subtracts the projections on the four vectors. */
const subtract: Tile = (v, a, b, q, { start, n, length }, products, at) => {
  const [a0 = 0, a1 = 0, a2 = 0, a3 = 0] = products.subarray(at, at + 4)
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = products.subarray(at + width, at + width + 4)
  const ia = a * length + start
  const ib = b * length + start
  const i0 = q * length + start
  const i1 = i0 + length
  const i2 = i1 + length
  const i3 = i2 + length
  for (let i = 0; i < n; i++) {
    const x = v[ia + i] as number
    const y = v[ib + i] as number
    const u0 = v[i0 + i] as number
    const u1 = v[i1 + i] as number
    const u2 = v[i2 + i] as number
    const u3 = v[i3 + i] as number
    v[ia + i] = x - a0 * u0 - a1 * u1 - a2 * u2 - a3 * u3
    v[ib + i] = y - b0 * u0 - b1 * u1 - b2 * u2 - b3 * u3
  }
}
