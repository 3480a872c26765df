/** Losses and distances. */
import {
  add,
  bceLoss,
  bceWithLogits,
  cdist,
  constant,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  ctcLoss,
  div,
  type Expr,
  eq,
  exp,
  gather,
  gatherAlong,
  gaussianNllLoss,
  gt,
  hingeEmbeddingLoss,
  huberLoss,
  klDivergence,
  l1Loss,
  logSoftmax,
  marginRankingLoss,
  matmul,
  mean,
  mseLoss,
  mul,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  neg,
  normalize,
  pairwiseDistance,
  pdist,
  poissonNllLoss,
  reshape,
  select,
  smoothL1Loss,
  softMarginLoss,
  squeeze,
  sub,
  sum,
  swapAxes,
  tripletMarginLoss,
  unsqueeze,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, flat, length, pNorm, rank, type Sayings, shape, size } from './common.ts'

type Reduction = 'mean' | 'sum' | 'none'
const reduction = (c: Call): Reduction => c.text(99, 'reduction', 'mean') as Reduction
const reduce = (c: Call, x: Expr): Expr => {
  const by = reduction(c)
  return by === 'none' ? x : by === 'sum' ? sum()(x) : mean()(x)
}
const options = (c: Call) => ({ reduction: reduction(c), broadcast: true }) as const
const weighted = (c: Call, k: number, x: Expr): Expr => {
  const w = c.maybe(k, 'weight')
  return w === undefined ? x : mul(w, x)
}
const triplet = (c: Call): Expr => {
  const options = {
    reduction: reduction(c),
    margin: c.number(9, 'margin', 1),
    p: c.number(9, 'p', 2),
    eps: c.number(9, 'eps', 1e-6),
    swap: c.flag(9, 'swap'),
  }
  return tripletMarginLoss(options)(c.x, c.tensor(1), c.tensor(2)) as Expr
}
const classes: Saying = (c) => entropy(c, c.x, c.tensor(1, 'target'), c.maybe(2, 'weight'))
const entropy = (c: Call, x: Expr, t: Expr, w: Expr | undefined): Expr => {
  const smoothing = c.number(9, 'label_smoothing', 0)
  if (t.type.dtype === 'real') {
    const d = rank(x) === 1 ? 0 : 1
    const n = length(x, d)
    const smooth = add(mul(1 - smoothing, t), smoothing / n)
    const wide = w === undefined ? w : reshape(axesOf(x).map((e) => (e === d ? n : 1)))(w)
    const terms = mul(smooth, logSoftmax([d])(x))
    const each = neg(sum([d])(wide === undefined ? terms : mul(wide, terms)))
    return reduction(c) === 'mean' ? div(sum()(each), Math.max(1, size(x) / n)) : reduce(c, each)
  }
  const ignoreIndex = c.number(9, 'ignore_index', -100)
  return crossEntropy({ reduction: reduction(c), labelSmoothing: smoothing, ignoreIndex })(x, t, w as never) as Expr
}
/** The negative log-likelihood; ignored labels have weight 0. */
const likelihood: Saying = (c) => {
  const [x, t] = [c.x, c.tensor(1, 'target')]
  const d = rank(x) === 1 ? 0 : 1
  const ignored = eq(t, c.number(9, 'ignore_index', -100))
  const label = select(ignored, 0, t)
  const picked = squeeze(d)(gatherAlong(d)(x, unsqueeze(d)(label) as Expr) as Expr) as Expr
  const w = c.maybe(2, 'weight')
  const own = select(ignored, 0, w === undefined ? constant(shape(t), 1) : (gather(w, label) as Expr)) as Expr
  const each = neg(mul(own, picked))
  return reduction(c) === 'mean' ? div(sum()(each), sum()(own)) : reduce(c, each)
}

export const losses: Sayings = {
  'nn.functional.ctc_loss|': (c) =>
    ctcLoss({ reduction: reduction(c) })(c.x, c.tensor(1), c.tensor(2), c.tensor(3)) as Expr,
  'cdist|': (c) => cdist({ p: c.number(2, 'p', 2) })(c.x, c.tensor(1)) as Expr,
  'nn.functional.binary_cross_entropy|': (c) =>
    reduce(c, weighted(c, 2, bceLoss({ reduction: 'none' })(c.x, c.tensor(1)) as Expr)),
  'nn.functional.binary_cross_entropy_with_logits|': (c) => {
    const positive = c.maybe(9, 'pos_weight')
    const each = bceWithLogits({ reduction: 'none' })(c.x, c.tensor(1), positive as never) as Expr
    return reduce(c, weighted(c, 2, each))
  },
  'nn.functional.cosine_embedding_loss|': (c) =>
    cosineEmbeddingLoss({ reduction: reduction(c), margin: c.number(9, 'margin', 0) })(
      c.x,
      c.tensor(1),
      c.tensor(2),
    ) as Expr,
  'nn.functional.cosine_similarity|': (c) =>
    cosineSimilarity(c.number(9, 'dim', 1), { eps: c.number(9, 'eps', 1e-8) })(c.x, c.tensor(1)) as Expr,
  'nn.functional.cross_entropy|': classes,
  'nn.functional.gaussian_nll_loss|': (c) => {
    const v = c.tensor(2)
    const wide = rank(v) === rank(c.x) || rank(v) === 0 ? v : (unsqueeze(rank(v))(v) as Expr)
    const options = { reduction: reduction(c), full: c.flag(9, 'full'), eps: c.number(9, 'eps', 1e-6) }
    return gaussianNllLoss(options)(c.x, c.tensor(1), wide) as Expr
  },
  'nn.functional.hinge_embedding_loss|': (c) =>
    hingeEmbeddingLoss({ ...options(c), margin: c.number(9, 'margin', 1) })(c.x, c.tensor(1)) as Expr,
  'nn.functional.huber_loss|': (c) =>
    reduce(
      c,
      weighted(
        c,
        4,
        huberLoss({ reduction: 'none', broadcast: true, delta: c.number(9, 'delta', 1) })(c.x, c.tensor(1)) as Expr,
      ),
    ),
  'nn.functional.kl_div|': (c) => {
    const t = c.tensor(1)
    const by = c.text(9, 'reduction', 'mean')
    const each = c.flag(9, 'log_target')
      ? mul(exp(t), sub(t, c.x))
      : (klDivergence({ reduction: 'none', broadcast: true })(c.x, t) as Expr)
    return by === 'batchmean' ? div(sum()(each), rank(c.x) === 0 ? 1 : length(c.x, 0)) : reduce(c, each)
  },
  'nn.functional.l1_loss|': (c) => l1Loss(options(c))(c.x, c.tensor(1)) as Expr,
  'nn.functional.linear_cross_entropy|': (c) => projected(c),
  'nn.functional.linear_cross_entropy|chunked': (c) => projected(c),
  'nn.functional.linear_cross_entropy|chunked_none': (c) => projected(c),
  'nn.functional.margin_ranking_loss|': (c) =>
    marginRankingLoss({ reduction: reduction(c), margin: c.number(3, 'margin', 0) })(
      c.x,
      c.tensor(1),
      c.tensor(2),
    ) as Expr,
  'nn.functional.mse_loss|': (c) =>
    reduce(c, weighted(c, 9, mseLoss({ reduction: 'none', broadcast: true })(c.x, c.tensor(1)) as Expr)),
  'nn.functional.multi_margin_loss|': (c) =>
    multiMarginLoss({ reduction: reduction(c), margin: c.number(9, 'margin', 1), p: c.number(9, 'p', 1) as 1 | 2 })(
      c.x,
      c.tensor(1),
      c.maybe(4, 'weight') as never,
    ) as Expr,
  'nn.functional.multilabel_margin_loss|': (c) =>
    multilabelMarginLoss({ reduction: reduction(c) })(c.x, c.tensor(1)) as Expr,
  'nn.functional.multilabel_soft_margin_loss|': (c) =>
    multilabelSoftMarginLoss({ reduction: reduction(c) })(c.x, c.tensor(1), c.maybe(2, 'weight') as never) as Expr,
  'nn.functional.nll_loss|': likelihood,
  'nn.functional.normalize|': (c) => {
    const d = axis(c.x, c.number(2, 'dim', 1))
    const options = { p: c.number(1, 'p', 2), eps: c.number(3, 'eps', 1e-12) }
    return rank(c.x) === 0
      ? reshape([])(normalize([0], options)(reshape([1])(c.x)))
      : (normalize([d], options)(c.x) as Expr)
  },
  'nn.functional.pairwise_distance|': (c) =>
    pairwiseDistance({ p: c.number(2, 'p', 2), eps: c.number(3, 'eps', 1e-6), keep: c.flag(4, 'keepdim') })(
      c.x,
      c.tensor(1),
    ) as Expr,
  'nn.functional.pdist|': (c) => pdist({ p: c.number(1, 'p', 2) })(c.x) as Expr,
  'nn.functional.poisson_nll_loss|': (c) => {
    const own = { logInput: c.flag(2, 'log_input', true), full: c.flag(3, 'full'), eps: c.number(9, 'eps', 1e-8) }
    return poissonNllLoss({ ...options(c), ...own })(c.x, c.tensor(1)) as Expr
  },
  'nn.functional.smooth_l1_loss|': (c) => {
    const beta = c.number(9, 'beta', 1)
    return beta === 0
      ? (l1Loss(options(c))(c.x, c.tensor(1)) as Expr)
      : (smoothL1Loss({ ...options(c), beta })(c.x, c.tensor(1)) as Expr)
  },
  'nn.functional.soft_margin_loss|': (c) => softMarginLoss(options(c))(c.x, c.tensor(1)) as Expr,
  'nn.functional.triplet_margin_loss|': triplet,
  'nn.functional.triplet_margin_with_distance_loss|': triplet,
  'renorm|': (c) => {
    const [p, d, limit] = [c.number(1, 'p'), axis(c.x, c.number(2, 'dim')), c.number(3, 'maxnorm')]
    const n = pNorm(
      axesOf(c.x).filter((e) => e !== d),
      p,
      true,
    )(c.x) as Expr
    return mul(c.x, select(gt(n, limit), div(limit, add(n, 1e-7)), 1))
  },
}
/** The cross entropy of a linear map, whose classes are its first axis. */
const projected = (c: Call): Expr => {
  const [w, b] = [c.tensor(1), c.maybe(9, 'linear_bias')]
  const n = length(w, -1)
  const y = matmul(c.x, swapAxes(0, 1)(reshape([size(w) / n, n])(w)))
  const logits = reshape([...shape(c.x).slice(0, -1), ...shape(w).slice(0, -1)])(b === undefined ? y : add(y, flat(b)))
  return entropy(c, logits, c.tensor(2, 'target'), c.maybe(9, 'weight'))
}
