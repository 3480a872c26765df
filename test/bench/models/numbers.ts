/**
 * The numbers of the models, the same in every peer. They are hashed, not waves: a wave of one frequency cancels in a
 * convolution. The n-th number of the k-th array is
 *
 *   offset + scale (2 h(n, k) / 2^32 - 1)      h mixes the bits of n and k
 */
import { type Shape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, refill } from '../../../lang/syntax/tree.ts'

const hash = (n: number, k: number): number => {
  let h = (Math.imul(n, 0x85ebca6b) + Math.imul(k, 0x9e3779b1)) | 0
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return (h ^ (h >>> 15)) >>> 0
}
export const hashed = (count: number, k: number, scale: number, offset = 0): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => offset + scale * ((2 * hash(n, k)) / 2 ** 32 - 1))
/** Integers below `top`. */
export const labels = (count: number, k: number, top: number): Int32Array =>
  Int32Array.from({ length: count }, (_, n) => Math.floor((hash(n, k) / 2 ** 32) * top))

/** How far a parameter's numbers spread, by its name and shape: as wide as keeps the variance through a layer. */
const spreadOf = (name: string, shape: Shape, gain: number): readonly [scale: number, offset: number] => {
  if (name === 'gamma') return [0.1, 1]
  if (name === 'scale') return [0.02, 0.1]
  if (shape.length <= 1) return [0.05, 0]
  if (['wte', 'wpe', 'positions', 'token'].includes(name)) return [0.04, 0]
  return [gain * Math.sqrt(3 / sizeOf(shape.slice(1))), 0]
}
/** The k-th parameter of a network. */
export const parameterOf = (name: string, shape: Shape, k: number, gain: number): Float32Array =>
  hashed(sizeOf(shape), k, ...spreadOf(name, shape, gain))
/** The peers call the table of symbols, which is that of the whole network, wte. */
const nameOf = (path: readonly string[]): string => (path.join('.') === 'table' ? 'wte' : (path.at(-1) ?? ''))
/** Parameters of these types. `gain`: see ModelCase. */
export const parametersOf = (types: unknown, gain: number): unknown =>
  refill(
    types,
    leavesWithPath(types, isTypeOrExpr).map(([path, type], k) => {
      const { shape } = type as Type
      return parameterOf(nameOf(path), shape, k, gain)
    }),
  )
/** Running statistics as they start: means of 0, variances of 1. */
export const statisticsOf = (types: unknown): unknown =>
  refill(
    types,
    leavesWithPath(types, isTypeOrExpr).map(([path, type]) =>
      new Float32Array(sizeOf((type as Type).shape)).fill(path.at(-1) === 'variance' ? 1 : 0),
    ),
  )
