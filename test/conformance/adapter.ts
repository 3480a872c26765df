/**
 * FORMAT.md's operations in the language, one line each: (inputs, attributes) -> output, or outputs. The names and the
 * attributes are FORMAT.md's; an attribute that is absent has the default of the operation it describes.
 */

import * as O from '../../lang/operations/index.ts'
import * as L from '../../lang/operations/linalg.ts'
import { type Axes, broadcastTo, sum } from '../../lang/primitives/broadcast.ts'
import { concat } from '../../lang/primitives/concat.ts'
import * as P from '../../lang/primitives/elementwise.ts'
import { argmax, cumProd, cumSum, prod, reduceMax, reduceMin } from '../../lang/primitives/reduction.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { rankOf, shapeOf } from '../../lang/syntax/expr.ts'
import type { Settings } from './format.ts'

type Xs = readonly Expr[]
/** Arguments are checked by the typing rules when the program is closed; here they are gradual. */
type Op = (xs: readonly [Expr, Expr, Expr, Expr, Expr], a: Settings) => Expr | Xs
const one =
  (f: (x: Expr) => Expr): Op =>
  ([x]) =>
    f(x)
const two =
  (f: (x: Expr, y: Expr) => Expr): Op =>
  ([x, y]) =>
    f(x, y)

const number = (a: Settings, name: string, otherwise: number): number =>
  typeof a[name] === 'number' ? (a[name] as number) : otherwise
const list = (a: Settings, name: string): readonly number[] => a[name] as readonly number[]
const flag = (a: Settings, name: string): boolean => a[name] === true
/** Absent where the attribute is absent or null, so that the operation's own default holds. */
const optional = (a: Settings, name: string): number | undefined =>
  typeof a[name] === 'number' ? (a[name] as number) : undefined
const axes = (a: Settings): Axes => (a.axes === null || a.axes === undefined ? undefined : list(a, 'axes'))
const reduction = (a: Settings) =>
  a.reduction === undefined ? {} : { reduction: a.reduction as 'mean' | 'sum' | 'none' }
const eps = (a: Settings) => (typeof a.eps === 'number' ? { eps: a.eps } : {})
const either = <K extends string>(key: K, v: number | undefined): { readonly [Q in K]?: number } =>
  (v === undefined ? {} : { [key]: v }) as never

type Reducer = (axes: Axes) => (x: Expr) => Expr
const reduced =
  (f: unknown): Op =>
  ([x], a) => {
    const reduce = f as Reducer
    return flag(a, 'keepdims') ? O.keepAxes(reduce as never)(axes(a) as never)(x) : reduce(axes(a))(x)
  }
const kept =
  (f: unknown, more: (a: Settings) => object = () => ({})): Op =>
  ([x], a) =>
    (f as (axes: Axes, options: object) => (x: Expr) => Expr)(axes(a), { keep: flag(a, 'keepdims'), ...more(a) })(x)
const along =
  (f: (axis: number) => (x: Expr) => Expr): Op =>
  ([x], a) =>
    f(number(a, 'axis', -1))(x)

const window = (a: Settings) => ({
  ...(a.stride === undefined ? {} : { stride: list(a, 'stride') }),
  ...(a.padding === undefined ? {} : { pad: list(a, 'padding') }),
  ...(a.dilation === undefined || a.dilation === null ? {} : { dilation: list(a, 'dilation') }),
})
const convolution: Op = ([x, w, b], a) => O.conv({ ...window(a), groups: number(a, 'groups', 1) })(x, w as never, b)
const transposed: Op = ([x, w, b], a) =>
  O.convTranspose({
    ...window(a),
    groups: number(a, 'groups', 1),
    ...(a.output_padding === undefined ? {} : { outputPad: list(a, 'output_padding') }),
  })(x, w as never, b)
const maxPool: Op = ([x], a) => O.maxPool({ kernel: list(a, 'kernel'), ...window(a) })(x as never)
const avgPool: Op = ([x], a) =>
  O.avgPool({ kernel: list(a, 'kernel'), ...window(a), countPadding: a.count_include_pad !== false })(x as never)

const pair = (s: O.Sorted<never, 'real'>): Xs => [s.values, s.indices]
const slices: Op = ([x], a) =>
  (a.slices as readonly (readonly (number | null)[] | null)[]).reduce<Expr>(
    (y, s, axis) => (s === null ? y : O.sliceAlong(axis, s[0] ?? undefined, s[1] ?? undefined, s[2] ?? 1)(y as never)),
    x,
  )
const pads: Op = ([x], a) =>
  O.padWith(a.pads as readonly (readonly [number, number])[], {
    mode: (a.mode ?? 'constant') as 'constant' | 'reflect' | 'replicate',
    ...either('value', optional(a, 'value')),
  })(x)
const crossEntropy: Op = ([x, target, weight], a) =>
  (
    O.crossEntropy({
      ...reduction(a),
      ...either('labelSmoothing', optional(a, 'label_smoothing')),
      ...either('ignoreIndex', optional(a, 'ignore_index')),
    } as never) as (x: Expr, t: Expr, w?: Expr) => Expr
  )(x, target, weight)
const loss =
  (f: (options: never) => unknown, more: (a: Settings) => object = () => ({})): Op =>
  ([p, t, w], a) =>
    (f({ ...reduction(a), ...more(a) } as never) as (p: Expr, t: Expr, w?: Expr) => Expr)(p, t, w)
const norm5 =
  (f: unknown, more: (a: Settings) => object = () => ({})): Op =>
  (xs, a) =>
    (f as (options: object) => (...xs: Xs) => Expr)({ ...eps(a), ...more(a) })(...xs)
const batchNormFull: Op = ([x, g, b, m, v], a) => {
  const r = O.batchNormFull({ ...eps(a), ...either('momentum', optional(a, 'momentum')) })(x, g, b, m, v)
  return [r.y, r.mean, r.variance]
}
const grouped: Op = ([x, g, b], a) => O.groupNorm(number(a, 'groups', 1), { ...eps(a), axis: 1 })(x, g, b)
const heads: Op = ([x, wQkv, bQkv, wOut, bOut], a) =>
  O.multiHeadAttention({ heads: number(a, 'heads', 1), causal: flag(a, 'causal') })(x, { wQkv, bQkv, wOut, bOut })
const located: Op = ([x], a) => {
  const axis = number(a, 'axis', -1),
    at = argmax(axis)(x) as Expr
  return flag(a, 'keepdims') ? O.unsqueeze(axis < 0 ? axis + rankOf(x) : axis)(at as never) : at
}
const powConst: Op = ([x], a) => O.pow(x, number(a, 'exponent', 1))

export const operations: { readonly [op: string]: Op } = {
  exp: one(P.exp),
  exp2: one(O.exp2),
  log: one(P.log),
  log2: one(O.log2),
  log10: one(O.log10),
  sin: one(P.sin),
  cos: one(P.cos),
  tan: one(P.tan),
  sinh: one(P.sinh),
  cosh: one(P.cosh),
  tanh: one(P.tanh),
  asin: one(P.asin),
  acos: one(P.acos),
  atan: one(P.atan),
  asinh: one(P.asinh),
  acosh: one(P.acosh),
  atanh: one(P.atanh),
  sqrt: one(P.sqrt),
  rsqrt: one(P.rsqrt),
  square: one(O.square),
  reciprocal: one(O.reciprocal),
  neg: one(P.neg),
  abs: one(P.abs),
  erf: one(P.erf),
  log1p: one(P.log1p),
  expm1: one(P.expm1),
  sign: one(P.sign),
  floor: one(P.floor),
  ceil: one(P.ceil),
  round: one(P.round),
  identity: one((x) => x),
  stop_gradient: one(P.stopGradient),
  sigmoid: one(O.sigmoid),
  log_sigmoid: one(O.logSigmoid),
  relu: one(O.relu),
  relu6: one(O.relu6),
  selu: one(O.selu),
  silu: one(O.silu),
  mish: one(O.mish),
  softsign: one(O.softsign),
  hardtanh: ([x], a) => O.hardtanh(optional(a, 'min') ?? -1, optional(a, 'max') ?? 1)(x),
  leaky_relu: ([x], a) => O.leakyRelu(optional(a, 'negative_slope') ?? 0.01)(x),
  elu: ([x], a) => O.elu(optional(a, 'alpha') ?? 1)(x),
  gelu: ([x], a) => (a.approximate === 'tanh' ? O.geluTanh(x) : O.gelu(x)),
  softplus: ([x], a) => O.softplus(optional(a, 'beta') ?? 1)(x),
  pow_const: powConst,
  clamp: ([x], a) => O.clamp(optional(a, 'min'), optional(a, 'max'))(x),

  add: two(P.add),
  sub: two(P.sub),
  mul: two(P.mul),
  div: two(P.div),
  maximum: two(P.max),
  minimum: two(P.min),
  pow: two(P.power),
  atan2: two(P.atan2),
  where: ([c, x, y]) => P.select(c, x, y),
  masked_fill: ([x, mask], a) => P.select(mask, number(a, 'value', 0), x),

  sum: reduced(sum),
  prod: reduced(prod),
  reduce_max: reduced(reduceMax),
  reduce_min: reduced(reduceMin),
  mean: kept(O.mean),
  logsumexp: kept(O.logsumexp),
  var: kept(O.variance, (a) => ({ correction: number(a, 'correction', 0) })),
  std: kept(O.std, (a) => ({ correction: number(a, 'correction', 0) })),
  norm: kept(O.norm, (a) => ({ p: number(a, 'p', 2) })),
  argmax: located,
  cumsum: along((k) => (x) => cumSum(k)(x)),
  cumprod: along((k) => (x) => cumProd(k)(x)),

  matmul: two((x, y) => O.matmul(x, y as never)),
  outer: two(O.outer),
  einsum: (xs, a) => (O.einsum(String(a.equation)) as (...xs: Xs) => Expr)(...xs.filter((x) => x !== undefined)),
  linear: ([x, w, b]) => (O.linear as (x: Expr, w: Expr, b?: Expr) => Expr)(x, w, b),
  diagonal: one(O.diagonal),
  diag_embed: one(O.diagEmbed),
  tril: ([x], a) => O.tril(number(a, 'k', 0))(x),
  triu: ([x], a) => O.triu(number(a, 'k', 0))(x),
  eye: (_, a) => O.eye(number(a, 'n', 1)),
  inverse: one(L.inverse),
  det: one(L.det),
  logabsdet: one(L.logabsdet),
  solve: two(L.solve),
  cholesky: one(L.cholesky),
  triangular_solve: ([t, b], a) =>
    L.triangularSolve({ upper: flag(a, 'upper'), transpose: flag(a, 'transpose'), unit: flag(a, 'unitriangular') })(
      t,
      b,
    ),

  reshape: ([x], a) => reshape(list(a, 'shape'))(x as never),
  permute: ([x], a) => permute(list(a, 'perm'))(x),
  transpose: ([x], a) => {
    const [i, j] = list(a, 'axes')
    return O.swapAxes(i ?? 0, j ?? 1)(x as never)
  },
  squeeze: ([x], a) => O.squeeze(number(a, 'axis', 0))(x as never),
  unsqueeze: ([x], a) => O.unsqueeze(number(a, 'axis', 0))(x as never),
  broadcast_to: ([x], a) => broadcastTo(list(a, 'shape'))(x as never),
  tile: ([x], a) => O.tile(list(a, 'reps'))(x),
  repeat_interleave: ([x], a) => O.repeatInterleave(number(a, 'repeats', 1), number(a, 'axis', 0))(x as never),
  slice: slices,
  select: ([x], a) => O.take(number(a, 'axis', 0), number(a, 'index', 0))(x as never),
  concat: (xs, a) => concat(number(a, 'axis', 0))(xs.filter((x) => x !== undefined) as never) as Expr,
  stack: (xs, a) => O.stack(number(a, 'axis', 0))(xs.filter((x) => x !== undefined) as never) as unknown as Expr,
  split: ([x], a) => O.split(number(a, 'axis', 0), list(a, 'sizes'))(x as never) as unknown as Xs,
  pad: pads,
  flip: ([x], a) => O.flip(list(a, 'axes'))(x),
  roll: ([x], a) => O.roll(number(a, 'shift', 0), number(a, 'axis', 0))(x as never),

  gather: ([x, i], a) => O.gatherAlong(number(a, 'axis', 0))(x as never, i),
  index_select: ([x, i], a) => O.indexSelect(number(a, 'axis', 0))(x as never, i) as Expr,
  one_hot: ([i], a) => O.oneHot(number(a, 'depth', 1))(i) as Expr,
  scatter_add: ([x, i, s], a) => O.scatterAddAlong(number(a, 'axis', 0))(x as never, i, s),
  index_add: ([x, i, s], a) => O.indexAdd(number(a, 'axis', 0))(x as never, i, s),
  embedding: ([w, i]) => O.embedding(w, i) as Expr,
  sort: ([x], a) => pair(O.sort(number(a, 'axis', -1), { descending: flag(a, 'descending') })(x as never) as never),
  topk: ([x], a) => pair(O.topK(number(a, 'axis', -1), number(a, 'k', 1))(x as never) as never),

  softmax: along((k) => (x) => O.softmax(k)(x as never)),
  log_softmax: along((k) => (x) => O.logSoftmax(k)(x as never)),
  cross_entropy: crossEntropy,
  cross_entropy_soft: loss(O.softCrossEntropy as never),
  nll_loss: loss(O.nllLoss as never),
  mse_loss: loss(O.mseLoss as never),
  l1_loss: loss(O.l1Loss as never),
  huber_loss: loss(O.huberLoss as never, (a) => either('delta', optional(a, 'delta'))),
  smooth_l1_loss: loss(O.smoothL1Loss as never, (a) => either('beta', optional(a, 'beta'))),
  bce_loss: loss(O.bceLoss as never),
  bce_with_logits: loss(O.bceWithLogits as never),
  kl_div: loss(O.klDivergence as never),

  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  conv_transpose1d: transposed,
  conv_transpose2d: transposed,
  max_pool1d: maxPool,
  max_pool2d: maxPool,
  avg_pool2d: avgPool,
  adaptive_avg_pool2d: ([x], a) => O.adaptiveAvgPool(list(a, 'output_size'))(x) as Expr,
  upsample_nearest: ([x], a) => O.upsampleNearest(spatial(x, number(a, 'scale', 1)))(x) as Expr,
  upsample_bilinear: ([x], a) =>
    O.upsampleBilinear(spatial(x, number(a, 'scale', 1)), { alignCorners: flag(a, 'align_corners') })(x) as Expr,
  pixel_shuffle: ([x], a) => O.pixelShuffle(number(a, 'r', 1))(x) as Expr,

  batch_norm: norm5(O.batchNorm),
  batch_norm_full: batchNormFull,
  batch_norm_eval: norm5(O.batchNormEval),
  layer_norm: norm5(O.layerNorm),
  rms_norm: norm5(O.rmsNorm),
  group_norm: grouped,
  instance_norm: norm5(O.instanceNorm, () => ({ axis: 1 })),
  attention: ([q, k, v, mask], a) =>
    (
      O.attention({ causal: flag(a, 'causal'), ...either('scale', optional(a, 'scale')) } as never) as (
        q: Expr,
        k: Expr,
        v: Expr,
        m?: Expr,
      ) => Expr
    )(q, k, v, mask),
  multi_head_attention: heads,
}
/** One number for both axes of a picture [N, C, H, W]. */
const spatial = (x: Expr, scale: number): readonly number[] =>
  shapeOf(x)
    .slice(2)
    .map(() => scale)
