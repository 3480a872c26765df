/** Images: pooling, other sizes, places, columns, channels. */
import {
  adaptiveAvgPool,
  adaptiveMaxPool,
  add,
  apply,
  avgPool,
  channelShuffle,
  type Expr,
  floor,
  gather,
  gradOrThrow,
  gridSample,
  im2col,
  iota,
  maxPool,
  maxPoolWithIndices,
  maxUnpool,
  moveAxis,
  mul,
  pixelShuffle,
  pixelUnshuffle,
  programOrThrow,
  randomKey,
  real,
  reduceMax,
  reshape,
  resize,
  sub,
  sum,
  toInt,
  toReal,
  uniform,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { length, range, rank, type Sayings, shape } from './common.ts'

type Pads = number | readonly number[]
const listed = (c: Call, k: number, name: string, n: number, otherwise: readonly number[]): readonly number[] => {
  const given = c.numbers(k, name, otherwise)
  const list = given.length === 0 ? otherwise : given
  return range(n).map((d) => list[list.length === 1 ? 0 : d] as number)
}

// -- pooling ---------------------------------------------------------------------------------------------------------

const maxOptions = (c: Call, n: number) => {
  const kernel = listed(c, 1, 'kernel_size', n, [])
  return {
    kernel,
    stride: listed(c, 2, 'stride', n, kernel),
    pad: listed(c, 3, 'padding', n, [0]),
    dilation: listed(c, 4, 'dilation', n, [1]),
    ceilMode: c.flag(5, 'ceil_mode'),
  } as never
}
const largest =
  (n: number): Saying =>
  (c) => {
    if (!c.flag(6, 'return_indices')) return maxPool(maxOptions(c, n))(c.x) as Expr
    const { values, indices } = maxPoolWithIndices(maxOptions(c, n))(c.x)
    return [values as Expr, indices as Expr]
  }
const averaged =
  (n: number): Saying =>
  (c) => {
    const kernel = listed(c, 1, 'kernel_size', n, [])
    const divisor = c.any(6, 'divisor_override')
    const options = {
      kernel,
      stride: listed(c, 2, 'stride', n, kernel),
      pad: listed(c, 3, 'padding', n, [0]),
      ceilMode: c.flag(4, 'ceil_mode'),
      countPadding: c.flag(5, 'count_include_pad', true),
      ...(typeof divisor === 'number' && { divisor }),
    }
    return avgPool(options as never)(c.x) as Expr
  }
/** None keeps the size of an axis. */
const sizes = (c: Call, n: number): Pads => {
  const given = c.any(1, 'output_size')
  return range(n).map((d) => (Array.isArray(given) ? (given[d] ?? undefined) : (given as number)) ?? length(c.x, d - n))
}
const adaptive =
  (n: number, f: (size: Pads) => (x: Expr) => Expr): Saying =>
  (c) =>
    f(sizes(c, n))(c.x)
const unpooled =
  (n: number): Saying =>
  (c) => {
    const given = c.numbers(9, 'output_size')
    return maxUnpool(given.slice(-n) as never)(c.x, c.tensor(1) as never) as Expr
  }
/** Windows that begin at places drawn at random, the last at the end. */
const fractional =
  (n: number): Saying =>
  (c) => {
    const kernel = listed(c, 1, 'kernel_size', n, [])
    const ratio = c.any(9, 'output_ratio')
    const out = range(n).map((d) =>
      ratio === undefined
        ? (listed(c, 2, 'output_size', n, [])[d] as number)
        : Math.floor(length(c.x, d - n) * (listed(c, 9, 'output_ratio', n, [])[d] as number)),
    )
    return range(n).reduce((x, d) => {
      const [k, m, size] = [kernel[d] as number, out[d] as number, length(x, d - n)]
      const u = uniform([])(randomKey(d)) as Expr
      const alpha = m === 1 ? 0 : (size - k) / (m - 1)
      const at = (i: Expr | number): Expr => floor(mul(alpha, add(i, u)))
      const starts = sub(at(toReal(iota([m]) as Expr)), at(0)) as Expr
      const places = add(reshape([m, 1])(toInt(starts)), iota([1, k], 1)) as Expr
      return along(x, rank(x) - n + d, places)
    }, c.x)
  }
/** The largest at each row of places along an axis. */
const along = (x: Expr, d: number, places: Expr): Expr =>
  moveAxis(0, d)(reduceMax([1])(gather(moveAxis(d, 0)(x), places)) as Expr) as Expr

// -- other sizes -----------------------------------------------------------------------------------------------------

const outputSize = (c: Call): readonly number[] => {
  const n = rank(c.x) - 2
  if (c.any(1, 'size') !== undefined) return listed(c, 1, 'size', n, [])
  return range(n).map((d) => Math.floor(length(c.x, d - n) * (listed(c, 2, 'scale_factor', n, [])[d] as number)))
}
const methods: Readonly<Record<string, object>> = {
  nearest: { method: 'nearestFloor' },
  'nearest-exact': { method: 'nearest' },
  linear: { method: 'linear', antialias: false },
  bilinear: { method: 'linear', antialias: false },
  trilinear: { method: 'linear', antialias: false },
  bicubic: { method: 'cubic', antialias: false, coefficient: -0.75, border: 'repeat' },
}
const interpolated: Saying = (c) => {
  const mode = c.text(3, 'mode', 'nearest')
  if (mode === 'area') return adaptiveAvgPool(outputSize(c) as never)(c.x) as Expr
  const corners = c.any(4, 'align_corners')
  return resize(
    outputSize(c) as never,
    { ...methods[mode], ...(corners !== undefined && { alignCorners: corners }) } as never,
  )(c.x) as Expr
}

// -- places ----------------------------------------------------------------------------------------------------------

const interpolations = ['linear', 'nearest', 'cubic']
const paddings = ['zeros', 'border', 'reflection']
const named: Readonly<Record<string, string>> = { bilinear: 'linear', nearest: 'nearest', bicubic: 'cubic' }
const sampled: Saying = (c) => {
  const method = named[c.text(2, 'mode', 'bilinear')]
  const options = { method, padding: c.text(3, 'padding_mode', 'zeros'), alignCorners: c.flag(4, 'align_corners') }
  return gridSample(options as never)(c.x, c.tensor(1) as never) as Expr
}
const numbered: Saying = (c) => {
  const options = {
    method: interpolations[c.number(2, 'mode')],
    padding: paddings[c.number(3, 'padding')],
    alignCorners: c.flag(4, 'align'),
  }
  return gridSample(options as never)(c.x, c.tensor(1) as never) as Expr
}

export const images: Sayings = {
  'grid_sampler_2d|': numbered,
  'grid_sampler_3d|': numbered,
  'max_pool2d_with_indices_backward|': (c) => {
    const pooled = programOrThrow(real(...shape(c.x)), (x) => sum()(maxPool(maxOptions(c, 2))(x as Expr)))
    return apply(gradOrThrow(pooled as never))(c.x as never) as Expr
  },
  'nn.functional.adaptive_avg_pool1d|': adaptive(1, (n) => (x) => adaptiveAvgPool(n as never)(x) as Expr),
  'nn.functional.adaptive_avg_pool2d|': adaptive(2, (n) => (x) => adaptiveAvgPool(n as never)(x) as Expr),
  'nn.functional.adaptive_avg_pool3d|': adaptive(3, (n) => (x) => adaptiveAvgPool(n as never)(x) as Expr),
  'nn.functional.adaptive_max_pool1d|': adaptive(1, (n) => (x) => adaptiveMaxPool(n as never)(x) as Expr),
  'nn.functional.adaptive_max_pool2d|': adaptive(2, (n) => (x) => adaptiveMaxPool(n as never)(x) as Expr),
  'nn.functional.adaptive_max_pool3d|': adaptive(3, (n) => (x) => adaptiveMaxPool(n as never)(x) as Expr),
  'nn.functional.avg_pool1d|': averaged(1),
  'nn.functional.avg_pool2d|': averaged(2),
  'nn.functional.avg_pool3d|': averaged(3),
  'nn.functional.channel_shuffle|': (c) => channelShuffle(c.number(1, 'groups'), 1)(c.x) as Expr,
  'nn.functional.fractional_max_pool2d|': fractional(2),
  'nn.functional.fractional_max_pool3d|': fractional(3),
  'nn.functional.grid_sample|': sampled,
  'nn.functional.interpolate|area': interpolated,
  'nn.functional.interpolate|bicubic': interpolated,
  'nn.functional.interpolate|bilinear': interpolated,
  'nn.functional.interpolate|linear': interpolated,
  'nn.functional.interpolate|nearest': interpolated,
  'nn.functional.interpolate|nearest-exact': interpolated,
  'nn.functional.interpolate|trilinear': interpolated,
  'nn.functional.max_pool1d|': largest(1),
  'nn.functional.max_pool2d|': largest(2),
  'nn.functional.max_pool3d|': largest(3),
  'nn.functional.max_unpool1d|': unpooled(1),
  'nn.functional.max_unpool1d|grad': unpooled(1),
  'nn.functional.max_unpool2d|': unpooled(2),
  'nn.functional.max_unpool2d|grad': unpooled(2),
  'nn.functional.max_unpool3d|': unpooled(3),
  'nn.functional.max_unpool3d|grad': unpooled(3),
  'nn.functional.pixel_shuffle|': (c) => pixelShuffle(c.number(1, 'upscale_factor'))(c.x) as Expr,
  'nn.functional.pixel_unshuffle|': (c) => pixelUnshuffle(c.number(1, 'downscale_factor'))(c.x) as Expr,
  'nn.functional.unfold|': (c) => {
    const options = {
      kernel: listed(c, 1, 'kernel_size', 2, []),
      dilation: listed(c, 2, 'dilation', 2, [1]),
      pad: listed(c, 3, 'padding', 2, [0]),
      stride: listed(c, 4, 'stride', 2, [1]),
    }
    return im2col(options as never)(c.x) as Expr
  },
  'nn.functional.upsample_bilinear|': (c) =>
    resize(outputSize(c) as never, { method: 'linear', antialias: false, alignCorners: true } as never)(c.x) as Expr,
  'nn.functional.upsample_nearest|': (c) =>
    resize(outputSize(c) as never, { method: 'nearestFloor' } as never)(c.x) as Expr,
  '_upsample_bilinear2d_aa|': (c) =>
    resize(
      c.numbers(1, 'output_size') as never,
      { method: 'linear', alignCorners: c.flag(2, 'align_corners') } as never,
    )(c.x) as Expr,
}
