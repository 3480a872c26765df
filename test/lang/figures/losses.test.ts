/** Losses, distances, bags and attention against PyTorch 2.15: losses.py wrote the figures. */
import * as O from '../../../lang/operations/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { againstFigures, type Figures, type Operations } from './figures.ts'
import figures from './losses.json' with { type: 'json' }

type Any = Expr<readonly number[] & { readonly length: number }, 'real'>
type Ints = Expr<readonly number[] & { readonly length: number }, 'int'>
const each = <T>(names: readonly T[], f: (name: T) => Operations): Operations =>
  Object.fromEntries(names.flatMap((name) => Object.entries(f(name))))
// random targets are no signs, and random lengths no lengths
const none = { range: null } as const
const fixed = { fixed: true } as const
const positive = { range: [0.2, 2] } as const

againstFigures(figures as Figures, {
  cosineSimilarity: (x: Any, y: Any) => O.cosineSimilarity(0)(x, y),
  'cosineSimilarity broadcast': (x: Any, y: Any) => O.cosineSimilarity()(x, y),
  ...each(['1.0', '2.0', '3.0', 'inf'], (name) => {
    const p = name === 'inf' ? Number.POSITIVE_INFINITY : Number(name)
    return {
      [`pairwiseDistance ${name}`]: (x: Any, y: Any) => O.pairwiseDistance({ p, keep: true })(x, y),
      [`cdist ${name}`]: (x: Any, y: Any) => O.cdist({ p })(x, y),
      [`pdist ${name}`]: (x: Any) => O.pdist({ p })(x),
    }
  }),
  localResponseNorm: (x: Any) => O.localResponseNorm({ size: 3, alpha: 0.2, beta: 0.6, k: 1.5, axis: 1 })(x),
  'localResponseNorm even': (x: Any) => O.localResponseNorm({ size: 4, alpha: 0.2, axis: 1 })(x),
  ...each(['mean', 'sum', 'none'] as const, (reduction) => ({
    [`marginRankingLoss ${reduction}`]: (x: Any, y: Any, t: Any) =>
      O.marginRankingLoss({ reduction, margin: 0.3 })(x, y, t),
    [`hingeEmbeddingLoss ${reduction}`]: (x: Any, t: Any) => O.hingeEmbeddingLoss({ reduction, margin: 1.2 })(x, t),
    [`softMarginLoss ${reduction}`]: (x: Any, t: Any) => O.softMarginLoss({ reduction })(x, t),
    [`cosineEmbeddingLoss ${reduction}`]: [
      (x: Any, y: Any, t: Any) => O.cosineEmbeddingLoss({ reduction, margin: -0.9 })(x, y, t),
      none,
    ],
    [`tripletMarginLoss ${reduction}`]: (a: Any, p: Any, n: Any) =>
      O.tripletMarginLoss({ reduction, margin: 1.5 })(a, p, n),
    [`multiMarginLoss ${reduction}`]: (x: Any, t: Ints) => O.multiMarginLoss({ reduction, margin: 0.7 })(x, t),
    [`multilabelMarginLoss ${reduction}`]: (x: Any, t: Ints) => O.multilabelMarginLoss({ reduction })(x, t),
    [`multilabelSoftMarginLoss ${reduction}`]: (x: Any, t: Any, w: Any) =>
      O.multilabelSoftMarginLoss({ reduction })(x, t, w),
    [`poissonNllLoss ${reduction}`]: [
      (x: Any, t: Any) => O.poissonNllLoss({ reduction, full: true })(x, t),
      { range: [1.2, 2] },
    ],
    [`gaussianNllLoss ${reduction}`]: [
      (x: Any, t: Any, v: Any) => O.gaussianNllLoss({ reduction, full: true })(x, t, v),
      positive,
    ],
  })),
  'tripletMarginLoss swap': (a: Any, p: Any, n: Any) =>
    O.tripletMarginLoss({ reduction: 'sum', p: 3, swap: true })(a, p, n),
  'multiMarginLoss squares': (x: Any, t: Ints, w: Any) => O.multiMarginLoss({ p: 2 })(x, t, w),
  'poissonNllLoss of rates': [(x: Any, t: Any) => O.poissonNllLoss({ logInput: false })(x, t), positive],
  'gaussianNllLoss of small variances': [
    (x: Any, t: Any, v: Any) => O.gaussianNllLoss({ eps: 0.5 })(x, t, v),
    { range: [0.6, 2] },
  ],
  ...each(['mean', 'sum', 'none'] as const, (reduction) => ({
    [`ctcLoss ${reduction}`]: [
      (x: Any, t: Ints, n: Ints, k: Ints) => O.ctcLoss({ reduction })(O.logSoftmax(-1)(x), t, n, k),
      fixed,
    ],
  })),
  'ctcLoss blank': [
    (x: Any, t: Ints, n: Ints, k: Ints) => O.ctcLoss({ blank: 3 })(O.logSoftmax(-1)(x), t, n, k),
    fixed,
  ],
  'ctcLoss too short': [
    (x: Any, t: Ints, n: Ints, k: Ints) =>
      O.ctcLoss({ reduction: 'none', zeroInfinity: true })(O.logSoftmax(-1)(x), t, n, k),
    fixed,
  ],
  'ctcLoss of one': [
    (x: Any, t: Ints, n: Ints, k: Ints) => O.ctcLoss({ reduction: 'sum' })(O.logSoftmax(-1)(x), t, n, k),
    fixed,
  ],
  ...each(['sum', 'mean', 'max'] as const, (mode) => ({
    [`embeddingBag ${mode}`]: (w: Any, i: Ints) => O.embeddingBag({ mode })(w as never, i),
    [`embeddingBag ${mode} padding`]: (w: Any, i: Ints) => O.embeddingBag({ mode, padding: 2 })(w as never, i),
    [`embeddingBag ${mode} offsets`]: [
      (w: Any, i: Ints, offsets: Ints) => O.embeddingBag({ mode })(w as never, i, { offsets: offsets as never }),
      fixed,
    ],
  })),
  'embeddingBag weights': (w: Any, i: Ints, weights: Any) => O.embeddingBag()(w as never, i, { weights }),
  'attention grouped': (q: Any, k: Any, v: Any) => O.attention({ grouped: true })(q, k, v),
  'attention grouped mask': (q: Any, k: Any, v: Any, m: Any) => O.attention({ grouped: true, scale: 0.4 })(q, k, v, m),
  'attention added': (q: Any, k: Any, v: Any, m: Any) => O.attention()(q, k, v, m),
  'attention hidden': (q: Any, k: Any, v: Any, m: never) => O.attention()(q, k, v, m),
})
