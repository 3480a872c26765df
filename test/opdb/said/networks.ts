/** Layers of networks: convolution, normalisation, padding, attention, embeddings. */
import {
  add,
  attention,
  batchNorm,
  batchNormEval,
  bernoulli,
  broadcastTo,
  concat,
  constant,
  conv,
  convTranspose,
  div,
  type Expr,
  embeddingBag,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  logsumexp,
  matmul,
  mean,
  mul,
  padWith,
  permute,
  randomKey,
  repeatInterleave,
  reshape,
  rmsNorm,
  rsqrt,
  sliceAlong,
  softmax,
  split,
  swapAxes,
  toReal,
  variance,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, length, range, rank, type Sayings, shape, size } from './common.ts'

// -- convolution -----------------------------------------------------------------------------------------------------

const per = (c: Call, k: number, name: string, otherwise: number, n: number): readonly number[] => {
  const given = c.numbers(k, name, [otherwise])
  return range(n).map((d) => given[given.length === 1 ? 0 : d] as number)
}
const convolved: Saying = (c) => {
  const [x, w] = [c.x, c.tensor(1)]
  const n = rank(w) - 2
  const padding = c.any(4, 'padding')
  const pad = padding === 'same' ? 'same' : padding === 'valid' ? 0 : per(c, 4, 'padding', 0, n)
  const options = {
    stride: per(c, 3, 'stride', 1, n),
    pad,
    dilation: per(c, 5, 'dilation', 1, n),
    groups: c.number(6, 'groups', 1),
  } as const
  return conv(options as never)(x, w, c.maybe(2, 'bias') as never) as Expr
}
const transposed: Saying = (c) => {
  const [x, w] = [c.x, c.tensor(1)]
  const n = rank(w) - 2
  const options = {
    stride: per(c, 3, 'stride', 1, n),
    pad: per(c, 4, 'padding', 0, n),
    outputPad: per(c, 5, 'output_padding', 0, n),
    groups: c.number(6, 'groups', 1),
    dilation: per(c, 7, 'dilation', 1, n),
  }
  return convTranspose(options as never)(x, w, c.maybe(2, 'bias') as never) as Expr
}

// -- normalisation ---------------------------------------------------------------------------------------------------

const ones = (sizes: readonly number[]): Expr => constant(sizes, 1)
const zeros = (sizes: readonly number[]): Expr => constant(sizes, 0)
const batched = (
  x: Expr,
  mean: Expr | undefined,
  v: Expr | undefined,
  gamma: Expr | undefined,
  beta: Expr | undefined,
  training: boolean,
  eps: number,
): Expr => {
  const sizes = [length(x, 1)]
  const [g, b] = [gamma ?? ones(sizes), beta ?? zeros(sizes)]
  return training
    ? (batchNorm({ axis: 1, eps })(x, g, b) as Expr)
    : (batchNormEval({ axis: 1, eps })(x, g, b, (mean ?? zeros(sizes)) as never, (v ?? ones(sizes)) as never) as Expr)
}
/** y, and the mean and the reciprocal deviation that it was normalised by. */
const native: Saying = (c) => {
  // without running statistics the arguments are two fewer
  const k = c.count === 6 ? 2 : 0
  const [training, eps] = [c.flag(5 - k, 'training'), c.number(7 - k, 'eps')]
  const y = batched(c.x, k ? undefined : c.maybe(3), k ? undefined : c.maybe(4), c.maybe(1), c.maybe(2), training, eps)
  const axes = axesOf(c.x).filter((d) => d !== 1)
  return training ? [y, mean(axes)(c.x), rsqrt(add(variance(axes)(c.x), eps))] : [y]
}
const layer = (c: Call, gamma: Expr | undefined, beta: Expr | undefined, eps: number): Expr => {
  const sizes = c.numbers(1, 'normalized_shape')
  return layerNorm({ eps })(c.x, gamma ?? ones(sizes), (beta ?? zeros(sizes)) as never) as Expr
}

// -- padding ---------------------------------------------------------------------------------------------------------

/** PyTorch's pairs begin with the last axis. */
const pairs = (x: Expr, given: readonly number[]): readonly (readonly [number, number])[] =>
  axesOf(x).map((d) => {
    const k = 2 * (rank(x) - 1 - d)
    return [given[k] ?? 0, given[k + 1] ?? 0]
  })
const modes: Readonly<Record<string, string>> = {
  constant: 'constant',
  reflect: 'reflect',
  replicate: 'replicate',
  circular: 'circular',
}
const padded: Saying = (c) => {
  const mode = modes[c.text(2, 'mode', 'constant')]
  const all = pairs(c.x, c.numbers(1, 'pad'))
  const value = c.number(3, 'value', 0)
  const options = { mode, ...(mode === 'constant' && { value }) }
  if (mode === 'constant') return padWith(all as never, options as never)(c.x) as Expr
  // what is cropped is cropped from the padded array
  return crop(
    padWith(all.map(([a, b]) => [Math.max(a, 0), Math.max(b, 0)]) as never, options as never)(c.x) as Expr,
    all,
  )
}
const crop = (x: Expr, by: readonly (readonly [number, number])[]): Expr =>
  by.reduce((y, [a, b], d) => sliceAlong(d, Math.max(-a, 0), length(y, d) - Math.max(-b, 0))(y) as Expr, x)

// -- attention -------------------------------------------------------------------------------------------------------

const attended: Saying = (c) => {
  const q = c.x
  const repeat = c.flag(9, 'enable_gqa') ? length(q, -3) / length(c.tensor(1), -3) : 1
  const spread = (x: Expr): Expr => (repeat === 1 ? x : (repeatInterleave(repeat, rank(x) - 3)(x) as Expr))
  const scale = c.any(9, 'scale')
  const options = { causal: c.flag(5, 'is_causal'), ...(typeof scale === 'number' && { scale }) }
  return attention(options)(q, spread(c.tensor(1)), spread(c.tensor(2)), c.maybe(3, 'attn_mask') as never) as Expr
}

/** Attention of several heads on [L, N, E], by the parameters of PyTorch; the weights are averaged, or not. */
const manyHeads: Saying = (c) => {
  const [heads, width] = [c.number(4, 'num_heads'), c.number(3, 'embed_dim_to_check')]
  const [bias, out, outBias] = [c.tensor(6), c.tensor(11), c.maybe(12)]
  const own =
    c.maybe(5) === undefined
      ? ['q', 'k', 'v'].map((n) => c.tensor(99, `${n}_proj_weight`))
      : (split(0, [width, width, width])(c.tensor(5)) as readonly Expr[])
  const biases = split(0, [width, width, width])(bias) as readonly Expr[]
  const projected = [0, 1, 2].map(
    (k) => add(matmul(c.tensor(k), swapAxes(0, 1)(own[k] as Expr)), biases[k] as Expr) as Expr,
  )
  const extended = projected.map((x, k) => {
    const more = k === 0 ? undefined : c.maybe(6 + k)
    return more === undefined ? x : (concat(0)([x, broadcastTo([1, ...shape(x).slice(1)])(more)]) as Expr)
  })
  const n = length(c.x, 1)
  // [L, N, E] as [N, heads, L, E / heads]
  const [q, k, v] = extended.map(
    (x) => permute([1, 2, 0, 3])(reshape([length(x, 0), n, heads, width / heads])(x)) as Expr,
  ) as [Expr, Expr, Expr]
  const given = c.maybe(99, 'attn_mask')
  const mask =
    given === undefined || length(given, 1) === length(k, 2)
      ? given
      : (concat(1)([given, constant([length(given, 0), 1], 0)]) as Expr)
  const scores = mul(matmul(q, swapAxes(-2, -1)(k)), Math.sqrt(heads / width)) as Expr
  const weights = softmax(-1)(mask === undefined ? scores : add(scores, mask)) as Expr
  const p = c.flag(99, 'training', true) ? c.number(10, 'dropout_p') : 0
  const kept =
    p === 0 ? weights : (mul(weights, div(toReal(bernoulli(1 - p, shape(weights))(randomKey(7))), 1 - p)) as Expr)
  const read = reshape([length(q, 2), n, width])(permute([2, 0, 1, 3])(matmul(kept, v)))
  const y = matmul(read, swapAxes(0, 1)(out)) as Expr
  return [outBias === undefined ? y : add(y, outBias), mean([1])(kept)]
}

export const networks: Sayings = {
  'nn.functional.multi_head_attention_forward|': manyHeads,
  'torch.ops.aten._scaled_dot_product_flash_attention_for_cpu|': (c) => {
    const scores = mul(matmul(c.x, swapAxes(-2, -1)(c.tensor(1))), 1 / Math.sqrt(length(c.x, -1))) as Expr
    return [attended(c) as Expr, logsumexp(-1)(scores) as Expr]
  },
  'constant_pad_nd|': (c) =>
    padWith(pairs(c.x, c.numbers(1, 'pad')) as never, { value: c.number(2, 'value', 0) } as never)(c.x) as Expr,
  'native_batch_norm|': native,
  '_native_batch_norm_legit|': native,
  '_batch_norm_with_update|': (c) => {
    const eps = c.number(6, 'eps')
    const axes = axesOf(c.x).filter((d) => d !== 1)
    return [
      batched(c.x, undefined, undefined, c.maybe(1), c.maybe(2), true, eps),
      mean(axes)(c.x),
      rsqrt(add(variance(axes)(c.x), eps)),
    ]
  },
  'native_group_norm|': (c) => {
    const [n, channels, pixels, groups, eps] = [
      c.number(3, 'N'),
      c.number(4, 'C'),
      c.number(5, 'HxW'),
      c.number(6, 'group'),
      c.number(7, 'eps'),
    ]
    const parts = reshape([n, groups, (channels / groups) * pixels])(c.x)
    return [grouped(c.x, groups, c.maybe(1), c.maybe(2), eps), mean([2])(parts), rsqrt(add(variance([2])(parts), eps))]
  },
  'native_layer_norm|': (c) => {
    const eps = c.number(4, 'eps')
    const axes = range(c.numbers(1, 'normalized_shape').length).map((k) => rank(c.x) - 1 - k)
    return [
      layer(c, c.maybe(2), c.maybe(3), eps),
      mean(axes, { keep: true })(c.x),
      rsqrt(add(variance(axes, { keep: true })(c.x), eps)),
    ]
  },
  'nn.functional.batch_norm|': (c) =>
    batched(
      c.x,
      c.maybe(1),
      c.maybe(2),
      c.maybe(3, 'weight'),
      c.maybe(4, 'bias'),
      c.flag(5, 'training'),
      c.number(7, 'eps', 1e-5),
    ),
  'nn.functional.batch_norm|without_cudnn': (c) =>
    batched(
      c.x,
      c.maybe(1),
      c.maybe(2),
      c.maybe(3, 'weight'),
      c.maybe(4, 'bias'),
      c.flag(5, 'training'),
      c.number(7, 'eps', 1e-5),
    ),
  'nn.functional.conv1d|': convolved,
  'nn.functional.conv2d|': convolved,
  'nn.functional.conv3d|': convolved,
  'nn.functional.conv_transpose1d|': transposed,
  'nn.functional.conv_transpose2d|': transposed,
  'nn.functional.conv_transpose3d|': transposed,
  'nn.functional.embedding_bag|': (c) => {
    const options = { mode: c.text(9, 'mode', 'mean') as 'sum' }
    const all = c.maybe(9, 'offsets')
    const offsets = all !== undefined && c.flag(9, 'include_last_offset') ? sliceAlong(0, 0, size(all) - 1)(all) : all
    const given = { offsets, weights: c.maybe(9, 'per_sample_weights') }
    const own = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined))
    return embeddingBag(options)(c.x, c.tensor(1), own as never) as Expr
  },
  'nn.functional.group_norm|': (c) =>
    grouped(c.x, c.number(1, 'num_groups'), c.maybe(2, 'weight'), c.maybe(3, 'bias'), c.number(4, 'eps', 1e-5)),
  'nn.functional.instance_norm|': (c) => {
    const sizes = [length(c.x, 1)]
    const eps = c.number(7, 'eps', 1e-5)
    return instanceNorm({ axis: 1, eps })(
      c.x,
      c.maybe(3, 'weight') ?? ones(sizes),
      c.maybe(4, 'bias') ?? zeros(sizes),
    ) as Expr
  },
  'nn.functional.layer_norm|': (c) => layer(c, c.maybe(2, 'weight'), c.maybe(3, 'bias'), c.number(4, 'eps', 1e-5)),
  'nn.functional.local_response_norm|': (c) => {
    const options = {
      size: c.number(1, 'size'),
      alpha: c.number(2, 'alpha', 1e-4),
      beta: c.number(3, 'beta', 0.75),
      k: c.number(4, 'k', 1),
      axis: 1,
    }
    return localResponseNorm(options)(c.x) as Expr
  },
  'nn.functional.pad|circular': padded,
  'nn.functional.pad|constant': padded,
  'nn.functional.pad|reflect': padded,
  'nn.functional.pad|replicate': padded,
  'nn.functional.pad|replicate_negative': padded,
  'nn.functional.rms_norm|': (c) => {
    const sizes = c.numbers(1, 'normalized_shape')
    return rmsNorm({ eps: c.number(3, 'eps', 2 ** -52) })(c.x, c.maybe(2, 'weight') ?? ones(sizes)) as Expr
  },
  'nn.functional.scaled_dot_product_attention|': attended,
}
const grouped = (x: Expr, groups: number, gamma: Expr | undefined, beta: Expr | undefined, eps: number): Expr => {
  const sizes = [length(x, 1)]
  return groupNorm(groups, { axis: 1, eps })(x, gamma ?? ones(sizes), (beta ?? zeros(sizes)) as never) as Expr
}
