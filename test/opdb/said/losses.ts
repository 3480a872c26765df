/** Losses and distances. */
import {
  add,
  bceLoss,
  bceWithLogits,
  constant,
  crossEntropy,
  cumSum,
  div,
  type Expr,
  eq,
  exp,
  gather,
  gatherAlong,
  ge,
  gt,
  huberLoss,
  intTensor,
  klDivergence,
  l1Loss,
  log,
  logSigmoid,
  logSoftmax,
  lt,
  matmul,
  max,
  mean,
  min,
  mseLoss,
  mul,
  ne,
  neg,
  norm,
  normalize,
  oneHot,
  relu,
  reshape,
  select,
  smoothL1Loss,
  softplus,
  sqrt,
  square,
  squeeze,
  sub,
  sum,
  swapAxes,
  unsqueeze,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, flat, length, pNorm, range, rank, type Sayings, shape, size } from './common.ts'

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
/** Norm of differences along the last axis, each shifted by eps. */
const distance = (x: Expr, y: Expr, p = 2, eps = 1e-6, keep = false): Expr =>
  pNorm([-1], p, keep)(add(sub(x, y), eps)) as Expr
const cosine = (x: Expr, y: Expr, d: number, eps: number): Expr => {
  const lengthOf = (z: Expr): Expr => max(norm([d])(z) as Expr, eps)
  return div(sum([d])(mul(x, y)), mul(lengthOf(x), lengthOf(y)))
}
const triplet = (c: Call): Expr => {
  const [p, eps] = [c.number(9, 'p', 2), c.number(9, 'eps', 1e-6)]
  const [anchor, near, far] = [c.x, c.tensor(1), c.tensor(2)]
  const near_ = distance(anchor, near, p, eps)
  const toFar = distance(anchor, far, p, eps)
  const farther = c.flag(9, 'swap') ? min(toFar, distance(near, far, p, eps)) : toFar
  return reduce(c, relu(add(sub(near_, farther), c.number(9, 'margin', 1))))
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
  'cdist|': (c) => {
    const [x, y, p] = [c.x, c.tensor(1), c.number(2, 'p', 2)]
    return pNorm([-1], p)(sub(unsqueeze(rank(x) - 1)(x), unsqueeze(rank(y) - 2)(y))) as Expr
  },
  'nn.functional.binary_cross_entropy|': (c) =>
    reduce(c, weighted(c, 2, bceLoss({ reduction: 'none' })(c.x, c.tensor(1)) as Expr)),
  'nn.functional.binary_cross_entropy_with_logits|': (c) => {
    const positive = c.maybe(9, 'pos_weight')
    const each = bceWithLogits({ reduction: 'none' })(c.x, c.tensor(1), positive as never) as Expr
    return reduce(c, weighted(c, 2, each))
  },
  'nn.functional.cosine_embedding_loss|': (c) => {
    const [x, y, t] = [c.x, c.tensor(1), c.tensor(2)]
    const d = rank(x) - 1
    const similar = div(
      sum([d])(mul(x, y)),
      sqrt(mul(add(sum([d])(square(x)), 1e-12), add(sum([d])(square(y)), 1e-12))),
    )
    return reduce(c, select(eq(t, 1), sub(1, similar), relu(sub(similar, c.number(9, 'margin', 0)))))
  },
  'nn.functional.cosine_similarity|': (c) => {
    const d = axis(c.x, c.number(9, 'dim', 1))
    return cosine(c.x, c.tensor(1), d, c.number(9, 'eps', 1e-8))
  },
  'nn.functional.cross_entropy|': classes,
  'nn.functional.gaussian_nll_loss|': (c) => {
    const [x, t, given] = [c.x, c.tensor(1), c.tensor(2)]
    const wide = rank(given) === rank(x) || rank(given) === 0 ? given : unsqueeze(rank(given))(given)
    const v = select(lt(wide, c.number(9, 'eps', 1e-6)), c.number(9, 'eps', 1e-6), wide) as Expr
    const each = mul(0.5, add(log(v), div(square(sub(x, t)), v))) as Expr
    return reduce(c, c.flag(9, 'full') ? add(each, 0.5 * Math.log(2 * Math.PI)) : each)
  },
  'nn.functional.hinge_embedding_loss|': (c) => {
    const [x, t] = [c.x, c.tensor(1)]
    const margin = c.number(9, 'margin', 1)
    const positive = select(ne(t, 1), 0, x)
    const negative = select(ne(t, -1), 0, relu(sub(margin, x)))
    return reduce(c, add(positive, negative))
  },
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
    reduce(c, relu(add(mul(neg(c.tensor(2)), sub(c.x, c.tensor(1))), c.number(3, 'margin', 0)))),
  'nn.functional.mse_loss|': (c) =>
    reduce(c, weighted(c, 9, mseLoss({ reduction: 'none', broadcast: true })(c.x, c.tensor(1)) as Expr)),
  'nn.functional.multi_margin_loss|': (c) => {
    const x = rank(c.x) === 1 ? reshape([1, size(c.x)])(c.x) : c.x
    const t = flat(c.tensor(1))
    const [n, m] = shape(x) as [number, number]
    const own = gatherAlong(1)(x, reshape([n, 1])(t) as Expr) as Expr
    const p = c.number(9, 'p', 1)
    const apart = relu(add(sub(x, own), c.number(9, 'margin', 1)))
    const w = c.maybe(4, 'weight')
    const each = p === 2 ? square(apart) : apart
    const scaled = w === undefined ? each : mul(each, reshape([n, 1])(gather(w, t)))
    const others = mul(sub(1, oneHot(m)(t) as Expr), scaled)
    const losses = div(sum([1])(others), m)
    return reduce(c, reduction(c) === 'none' && rank(c.x) === 1 ? reshape([])(losses) : losses)
  },
  'nn.functional.multilabel_margin_loss|': (c) => {
    const x = rank(c.x) < 2 ? reshape([1, size(c.x)])(c.x) : c.x
    const t = rank(c.x) < 2 ? reshape([1, size(c.x)])(c.tensor(1)) : c.tensor(1)
    const [n, m] = shape(x) as [number, number]
    // labels end at the first -1
    const open = cumAnd(ge(t, 0))
    const labels = select(open, t, -1) as Expr
    const isLabel = ne(sum([1])(oneHot(m)(labels) as Expr), 0)
    const own = gatherAlong(1)(x, select(open, t, 0) as Expr) as Expr
    const gaps = relu(add(1, sub(reshape([n, 1, m])(x), reshape([n, m, 1])(own))))
    const counted = mul(select(reshape([n, m, 1])(open), 1, 0), select(reshape([n, 1, m])(isLabel), 0, 1))
    const losses = div(sum([1, 2])(mul(counted, gaps)), m)
    return reduce(c, reduction(c) === 'none' && rank(c.x) < 2 ? reshape([])(losses) : losses)
  },
  'nn.functional.multilabel_soft_margin_loss|': (c) => {
    const t = c.tensor(1)
    const each = neg(add(mul(t, logSigmoid(c.x)), mul(sub(1, t), logSigmoid(neg(c.x)))))
    const w = c.maybe(2, 'weight')
    const d = rank(c.x) - 1
    const losses = rank(c.x) === 0 ? each : mean([d])(w === undefined ? each : mul(w, each))
    return reduce(c, losses)
  },
  'nn.functional.nll_loss|': likelihood,
  'nn.functional.normalize|': (c) => {
    const d = axis(c.x, c.number(2, 'dim', 1))
    const options = { p: c.number(1, 'p', 2), eps: c.number(3, 'eps', 1e-12) }
    return rank(c.x) === 0
      ? reshape([])(normalize([0], options)(reshape([1])(c.x)))
      : (normalize([d], options)(c.x) as Expr)
  },
  'nn.functional.pairwise_distance|': (c) => {
    const [x, y] = [c.x, c.tensor(1)]
    return distance(x, y, c.number(2, 'p', 2), c.number(3, 'eps', 1e-6), c.flag(4, 'keepdim'))
  },
  'nn.functional.pdist|': (c) => {
    const n = length(c.x, 0)
    const pairs = range(n).flatMap((i) => range(n - i - 1).map((j) => [i, i + 1 + j] as const))
    const rows = (k: 0 | 1): Expr =>
      gather(
        c.x,
        intTensor(
          [pairs.length],
          pairs.map((p) => p[k]),
        ),
      )
    return pNorm([1], c.number(1, 'p', 2))(sub(rows(0), rows(1))) as Expr
  },
  'nn.functional.poisson_nll_loss|': (c) => {
    const [x, t] = [c.x, c.tensor(1)]
    const base = c.flag(2, 'log_input', true)
      ? sub(exp(x), mul(t, x))
      : sub(x, mul(t, log(add(x, c.number(9, 'eps', 1e-8)))))
    const safe = select(gt(t, 1), t, 1) as Expr
    const stirling = add(sub(mul(safe, log(safe)), safe), mul(0.5, log(mul(2 * Math.PI, safe))))
    return reduce(c, c.flag(3, 'full') ? add(base, select(gt(t, 1), stirling, 0)) : base)
  },
  'nn.functional.smooth_l1_loss|': (c) => {
    const beta = c.number(9, 'beta', 1)
    return beta === 0
      ? (l1Loss(options(c))(c.x, c.tensor(1)) as Expr)
      : (smoothL1Loss({ ...options(c), beta })(c.x, c.tensor(1)) as Expr)
  },
  'nn.functional.soft_margin_loss|': (c) => reduce(c, softplus()(mul(neg(c.tensor(1)), c.x))),
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
/** True up to the first false of a row. */
const cumAnd = (x: Expr): Expr => eq(cumSum(1)(select(x, 0, 1)), 0)
/** The cross entropy of a linear map, whose classes are its first axis. */
const projected = (c: Call): Expr => {
  const [w, b] = [c.tensor(1), c.maybe(9, 'linear_bias')]
  const n = length(w, -1)
  const y = matmul(c.x, swapAxes(0, 1)(reshape([size(w) / n, n])(w)))
  const logits = reshape([...shape(c.x).slice(0, -1), ...shape(w).slice(0, -1)])(b === undefined ? y : add(y, flat(b)))
  return entropy(c, logits, c.tensor(2, 'target'), c.maybe(9, 'weight'))
}
