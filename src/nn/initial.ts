/**
 * Initialisers: data of a shape from a key. Weights should keep the variance of what passes through them, so they are
 * scaled by the number of inputs of an output (fan in) and of outputs of an input (fan out). For w [out, in, ...kernel]
 *
 *   fan in = in * kernel      fan out = out * kernel
 */
import { type Shape, sizeOf } from '../../lang/syntax/shape.ts'
import { drawn, drawnSingle } from '../random/draws.ts'
import type { Key } from '../random/key.ts'
import { orthonormal } from './orthonormal.ts'

/** Numbers of a shape, row by row, from a key. */
export type Initializer = (key: Key, shape: Shape) => Float32Array

/** The same value everywhere. */
export const filledWith =
  (value: number): Initializer =>
  (_, shape) =>
    new Float32Array(sizeOf(shape)).fill(value)
/** 0 everywhere. */
export const zeros: Initializer = filledWith(0)
/** 1 everywhere. */
export const ones: Initializer = filledWith(1)

interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}
/** Of a vector both fans are its length. */
const fans = (shape: Shape): Fans => {
  const [out = 1, inner = out, ...kernel] = shape
  return { fanIn: inner * sizeOf(kernel), fanOut: out * sizeOf(kernel) }
}
/** Uniform on [-bound, bound]. */
const within =
  (bound: (f: Fans) => number): Initializer =>
  (key, shape) =>
    drawnSingle('uniform', key, sizeOf(shape), bound(fans(shape)))
/** Normal with mean 0. */
const spread =
  (deviation: (f: Fans) => number): Initializer =>
  (key, shape) =>
    drawnSingle('normal', key, sizeOf(shape), deviation(fans(shape)))
const mean = ({ fanIn, fanOut }: Fans): number => (fanIn + fanOut) / 2

/** Uniform with variance 2 / (fan in + fan out), for tanh and sigmoid. Source: Glorot and Bengio (2010) */
export const glorotUniform: Initializer = within((f) => Math.sqrt(3 / mean(f)))
/** Normal with variance 2 / (fan in + fan out), for tanh and sigmoid. Source: Glorot and Bengio (2010) */
export const glorotNormal: Initializer = spread((f) => Math.sqrt(1 / mean(f)))
/** Uniform with variance 2 / fan in, for relu. Source: He et al., "Delving deep into rectifiers" (2015) */
export const heUniform: Initializer = within(({ fanIn }) => Math.sqrt(6 / fanIn))
/** Normal with variance 2 / fan in, for relu. Source: He et al., "Delving deep into rectifiers" (2015) */
export const heNormal: Initializer = spread(({ fanIn }) => Math.sqrt(2 / fanIn))
/** Uniform on [-b, b], b = 1 / sqrt(fan in), as PyTorch's layers start. */
export const lecunUniform: Initializer = within(({ fanIn }) => Math.sqrt(1 / fanIn))
/** Normal with mean 0 and a given standard deviation. */
export const normal = (deviation: number): Initializer => spread(() => deviation)

/** So many rows read along a column still hit the first-level cache. */
const few = 128

/**
 * A matrix [out, in * kernel] whose rows (or columns, whichever are fewer) are orthogonal and of length `gain`, by
 * default 1, uniform among all such matrices.
 *
 * Law:     w w^T = gain^2 1, where out <= in * kernel; else w^T w = gain^2 1
 * Source:  Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear networks" (2014)
 */
export const orthogonal =
  (gain = 1): Initializer =>
  (key, shape) => {
    const [out = 1, ...rest] = shape
    const inner = sizeOf(rest)
    const [count, length] = [Math.min(out, inner), Math.max(out, inner)]
    const vectors = drawn('normal', key, count * length)
    orthonormal(vectors, count, length)
    const found = new Float32Array(out * inner)
    // vector k is row k of the matrix, or column k
    const [across, along] = out <= inner ? [inner, 1] : [1, inner]
    // pieces of columns, so that the lines of the cache that a column touches are there for the next one
    for (let start = 0; start < length; start += few)
      for (let k = 0; k < count; k++)
        for (let i = start; i < Math.min(length, start + few); i++)
          found[k * across + i * along] = gain * (vectors[k * length + i] as number)
    return found
  }
