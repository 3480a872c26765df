/** Single operations at the sizes that real models have: forward, and the gradient from a cotangent. */

import type { Expr } from '../../../lang/syntax/expr.ts'
import type { Shape } from '../../../lang/syntax/shape.ts'
import * as A from '../../../src/index.ts'

/** An array of real numbers, or of integers below a bound. */
export type Input = Shape | { readonly shape: Shape; readonly below: number }
export interface Op {
  readonly inputs: readonly Input[]
  readonly f: (...xs: readonly Expr[]) => Expr
  /** How many of the inputs have a gradient. */
  readonly back: number
}
/** Options and shapes are of tables here, so TypeScript knows them as numbers only. */
type Loose = (...args: readonly unknown[]) => (...xs: readonly Expr[]) => Expr
const loose = (f: unknown): Loose => f as Loose
const one = (shape: Shape, f: (x: Expr) => unknown): Op => ({
  inputs: [shape],
  f: (x) => f(x as Expr) as Expr,
  back: 1,
})

interface Conv {
  readonly batch?: number
  readonly stride?: number
  readonly pad?: number
  readonly groups?: number
}
const conv = (from: number, to: number, k: number, size: number, q: Conv = {}): Op => {
  const { batch = 1, stride = 1, pad = (k - 1) / 2, groups = 1 } = q
  return {
    inputs: [
      [batch, from, size, size],
      [to, from / groups, k, k],
    ],
    f: loose(A.conv)({ stride, pad, groups }),
    back: 2,
  }
}
const depthwise = (channels: number, k: number, size: number, stride = 1): Op =>
  conv(channels, channels, k, size, { groups: channels, stride })
const transposed = (from: number, to: number, k: number, size: number, pad: number): Op => ({
  inputs: [
    [1, from, size, size],
    [from, to, k, k],
  ],
  f: loose(A.convTranspose)({ stride: 2, pad }),
  back: 2,
})
const product = (x: Shape, y: Shape): Op => ({ inputs: [x, y], f: A.matmul as Op['f'], back: 2 })
/** x W^T */
const linear = (rows: number, from: number, to: number): Op => ({
  inputs: [
    [rows, from],
    [to, from],
  ],
  f: A.linear as Op['f'],
  back: 2,
})
const turned = (x: Expr): Expr => loose(A.swapAxes)(-1, -2)(x)
const scores = (heads: number, length: number, width: number): Op => ({
  inputs: [
    [heads, length, width],
    [heads, length, width],
  ],
  f: (q, k) => (A.matmul as Op['f'])(q as Expr, turned(k as Expr)),
  back: 2,
})
const rows = (symbols: number, width: number, count: number): Op => ({
  inputs: [[symbols, width], { shape: [count], below: symbols }],
  f: A.embedding as Op['f'],
  back: 1,
})
const M = 2 ** 20

export const ops: { readonly [name: string]: Op } = {
  'conv3x3-64@56': conv(64, 64, 3, 56),
  'conv3x3-128@28': conv(128, 128, 3, 28),
  'conv3x3-256@14': conv(256, 256, 3, 14),
  'conv3x3-512@7': conv(512, 512, 3, 7),
  'conv3x3-64@56-b4': conv(64, 64, 3, 56, { batch: 4 }),
  'conv3x3-512@7-b4': conv(512, 512, 3, 7, { batch: 4 }),
  'conv3x3-s2-64-128@56': conv(64, 128, 3, 56, { stride: 2 }),
  'conv3x3-s2-256-512@14': conv(256, 512, 3, 14, { stride: 2 }),
  'conv1x1-64-256@56': conv(64, 256, 1, 56),
  'conv1x1-s2-256-512@56': conv(256, 512, 1, 56, { stride: 2 }),
  'conv7x7-s2-3-64@224': conv(3, 64, 7, 224, { stride: 2 }),
  'conv11x11-s4-3-64@224': conv(3, 64, 11, 224, { stride: 4, pad: 2 }),
  'patch16-3-768@224': conv(3, 768, 16, 224, { stride: 16, pad: 0 }),
  'depthwise3x3-96@112': depthwise(96, 3, 112),
  'depthwise3x3-s2-96@112': depthwise(96, 3, 112, 2),
  'depthwise5x5-240@28': depthwise(240, 5, 28),
  'depthwise7x7-96@56': depthwise(96, 7, 56),
  'groups32-3x3-256@28': conv(256, 256, 3, 28, { groups: 32 }),
  'transposed2x2-s2-128-64@64': transposed(128, 64, 2, 64, 0),
  'transposed4x4-s2-128-64@32': transposed(128, 64, 4, 32, 1),
  'scores-12x197x64': scores(12, 197, 64),
  'mix-12x197x197x64': product([12, 197, 197], [12, 197, 64]),
  'attention-causal-12x512x64': {
    inputs: [
      [12, 512, 64],
      [12, 512, 64],
      [12, 512, 64],
    ],
    f: loose(A.attention)({ causal: true }),
    back: 3,
  },
  'linear-197x768-3072': linear(197, 768, 3072),
  'linear-1x4096-4096': linear(1, 4096, 4096),
  'linear-4x25088-4096': linear(4, 25088, 4096),
  'linear-128x768-50257': linear(128, 768, 50257),
  'matmul-64': product([64, 64], [64, 64]),
  'matmul-1024': product([1024, 1024], [1024, 1024]),
  'layerNorm-1024x768': {
    inputs: [[1024, 768], [768], [768]],
    f: loose(A.layerNorm)(),
    back: 3,
  },
  'softmax-12x512x512': one([12, 512, 512], loose(A.softmax)(-1)),
  'softmax-128x50257': one([128, 50257], loose(A.softmax)(-1)),
  'crossEntropy-128x50257': {
    inputs: [[128, 50257], { shape: [128], below: 50257 }],
    f: loose(A.crossEntropy)(),
    back: 1,
  },
  'batchNorm-4x64x56x56': { inputs: [[4, 64, 56, 56], [64], [64]], f: loose(A.batchNorm)(), back: 3 },
  'maxPool3-s2-64@112': one([1, 64, 112, 112], loose(A.maxPool)({ kernel: [3, 3], stride: 2, pad: 1 })),
  'maxPool2-64@224': one([1, 64, 224, 224], loose(A.maxPool)({ kernel: [2, 2] })),
  'means-2048@7': one([4, 2048, 7, 7], loose(A.mean)([2, 3])),
  'embedding-1024-of-50257x768': rows(50257, 768, 1024),
  'embedding-128-of-5000x128': rows(5000, 128, 128),
  'relu-1M': one([M], A.relu),
  'exp-1M': one([M], A.exp),
  'tanh-1M': one([M], A.tanh),
  'sin-1M': one([M], A.sin),
  'erf-1M': one([M], A.erf),
  'gelu-1M': one([M], A.gelu),
  'silu-1M': one([M], A.silu),
  'transpose-2048': one([2048, 2048], turned),
  'sum-4M': one([4 * M], loose(A.sum)()),
  'sum-rows-2048': one([2048, 2048], loose(A.sum)(1)),
  'sum-columns-2048': one([2048, 2048], loose(A.sum)(0)),
  'cumSum-64x4096': one([64, 4096], loose(A.cumSum)(1)),
  'argsort-64x4096': { ...one([64, 4096], loose(A.argsort)()), back: 0 },
}
export const parts = ['forward', 'gradient'] as const
/** op/matmul-64/forward */
export const opWorkloads = (asked: readonly string[]): readonly string[] => {
  const all = Object.entries(ops).flatMap(([name, { back }]) =>
    parts.filter((p) => p === 'forward' || back > 0).map((p) => `op/${name}/${p}`),
  )
  return asked.length === 0 ? all : asked.flatMap((a) => all.filter((w) => w.slice(3).startsWith(a) || w === a))
}
export const isOp = (workload: string): boolean => workload.startsWith('op/')
export const opOf = (workload: string): readonly [Op, part: string] => {
  const [, name = '', part = ''] = workload.split('/')
  const found = ops[name]
  if (found === undefined) throw new Error(`no operation is called ${name}`)
  return [found, part]
}
