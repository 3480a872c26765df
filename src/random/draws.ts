/** Many numbers of a key, block by block: by vectors.ts where the host has vectors, else one by one, with the same bits. */
import { normalQuantile } from './quantile.ts'
import { fillUniform, type Key } from './threefry.ts'
import { block, openVectors } from './vectors.ts'

type Distribution = 'uniform' | 'normal'
/** Blocks of numbers of a key: each function leaves the first n numbers of its result in the same array. */
interface Blocks {
  readonly uniform: (key: Key, from: number, n: number) => Float64Array
  /** The quantiles of the last uniform numbers. */
  readonly normal: (n: number) => Float64Array
  /** bound (2 u - 1) of the last uniform numbers. */
  readonly within: (n: number, bound: number) => Float32Array
  /** deviation x of the last normal numbers. */
  readonly spread: (n: number, deviation: number) => Float32Array
}

const oneByOne = (): Blocks => {
  const [uniforms, normals, singles] = [new Float64Array(block), new Float64Array(block), new Float32Array(block)]
  const mapped = <To extends Float32Array | Float64Array>(
    from: Float64Array,
    to: To,
    n: number,
    f: (x: number) => number,
  ): To => {
    for (let i = 0; i < n; i++) to[i] = f(from[i] as number)
    return to
  }
  return {
    uniform: (key, from, n) => {
      fillUniform(key, from, uniforms.subarray(0, n))
      return uniforms
    },
    normal: (n) => mapped(uniforms, normals, n, (u) => normalQuantile(Math.max(u, 2 ** -54))),
    within: (n, bound) => mapped(uniforms, singles, n, (u) => bound * (2 * u - 1)),
    spread: (n, deviation) => mapped(normals, singles, n, (x) => deviation * x),
  }
}
const inVectors = (): Blocks | undefined => {
  const found = openVectors()
  if (found === undefined) return undefined
  const { calls, uniforms, normals, singles } = found
  return {
    uniform: ({ high, low }, from, n) => {
      calls.uniform(high, low, from, n)
      return uniforms
    },
    normal: (n) => {
      calls.normal(n)
      return normals
    },
    within: (n, bound) => {
      calls.within(n, bound)
      return singles
    },
    spread: (n, deviation) => {
      calls.spread(n, deviation)
      return singles
    },
  }
}
/** Scratch for blocks, made when it is first needed. */
let scratch: Blocks | undefined
let slowScratch: Blocks | undefined
/** Fewer numbers are not worth a module. */
const few = 256
const blocksFor = (n: number): Blocks => {
  if (n < few) {
    slowScratch ??= oneByOne()
    return slowScratch
  }
  scratch ??= inVectors() ?? oneByOne()
  return scratch
}
const inBlocks = <To extends Float32Array | Float64Array>(out: To, one: (from: number, n: number) => To): To => {
  for (let from = 0; from < out.length; from += block) {
    const n = Math.min(block, out.length - from)
    out.set(one(from, n).subarray(0, n), from)
  }
  return out
}

/** The first n numbers of a key. */
export const drawn = (of: Distribution, key: Key, n: number): Float64Array => {
  const blocks = blocksFor(n)
  return inBlocks(new Float64Array(n), (from, size) => {
    const uniforms = blocks.uniform(key, from, size)
    return of === 'uniform' ? uniforms : blocks.normal(size)
  })
}
/** The same in single precision: uniform on [-scale, scale], or with that standard deviation. */
export const drawnSingle = (of: Distribution, key: Key, n: number, scale: number): Float32Array => {
  const blocks = blocksFor(n)
  return inBlocks(new Float32Array(n), (from, size) => {
    blocks.uniform(key, from, size)
    if (of === 'uniform') return blocks.within(size, scale)
    blocks.normal(size)
    return blocks.spread(size, scale)
  })
}
