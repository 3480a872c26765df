/**
 * Every law of the suite on every derived operation. Their derivatives are found, not written; what could be wrong is how
 * an operation is put together, and that the primitives stay closed under it.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from '../../../lang/index.ts'
import * as complex from '../../../lang/operations/complex.ts'
import * as O from '../../../lang/operations/index.ts'
import { intTensor, tensor } from '../../../lang/primitives/constant.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { bool, int, real, type Type } from '../../../lang/syntax/shape.ts'
import { type Interval, seeds, unit } from '../../../src/testing/arbitrary/values.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { guardsAroundProducts } from '../../laws/guards.ts'
import { laws, pointFrom } from '../../laws/table.ts'

interface Case {
  readonly name: string
  readonly args: readonly Type[]
  readonly range: Interval
  readonly program: AnyProgram
}
type Build = (...xs: readonly Expr[]) => unknown
const on = (name: string, args: readonly Type[], f: Build, range: Interval = unit): Case => ({
  name,
  args,
  range,
  program: programOrThrow(args, (xs) => f(...(xs as readonly Expr[]))) as AnyProgram,
})
const pointwise = (table: { readonly [name: string]: Build }, range: Interval = [-2, 2]): readonly Case[] =>
  Object.entries(table).map(([name, f]) => on(name, [real(5)], f, range))

const x = real(2, 3)
const positive: Interval = [0.2, 2]
const cases: readonly Case[] = [
  ...pointwise({
    clamp: O.clamp(-1, 1.1) as Build,
    hardtanh: O.hardtanh() as Build,
    relu6: O.relu6 as Build,
    square: O.square as Build,
    exp2: O.exp2 as Build,
    relu: O.relu as Build,
    leakyRelu: O.leakyRelu(0.1) as Build,
    elu: O.elu(0.7) as Build,
    selu: O.selu as Build,
    sigmoid: O.sigmoid as Build,
    softplus: O.softplus(2) as Build,
    logSigmoid: O.logSigmoid as Build,
    silu: O.silu as Build,
    mish: O.mish as Build,
    softsign: O.softsign as Build,
    gelu: O.gelu as Build,
    geluTanh: O.geluTanh as Build,
  }),
  ...pointwise(
    {
      reciprocal: O.reciprocal as Build,
      log2: O.log2 as Build,
      log10: O.log10 as Build,
      pow: (e) => O.pow(e as Expr, -3),
    },
    positive,
  ),
  on('pow of two', [real(4), real(4)], (a, b) => O.pow(a as Expr, b as Expr), positive),
  on('mean', [x], (e) => O.mean(0)(e as Expr)),
  on('variance', [x], (e) => O.variance(1, { correction: 1, keep: true })(e as Expr)),
  on('std', [x], (e) => O.std(1)(e as Expr)),
  on('1-norm', [x], (e) => O.norm(0, { p: 1 })(e as Expr), positive),
  on('2-norm', [x], (e) => O.norm()(e as Expr)),
  on(
    'other norms',
    [x],
    (e) => [3, 2.5, 0.5, -2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((p) => O.norm(1, { p })(e)),
    positive,
  ),
  on('normalize', [x], (e) => [O.normalize(0)(e), O.normalize(1, { p: 3 })(e)], positive),
  on('standardize', [x], (e) => O.standardize(1)(e)),
  on('kron, cross', [x, real(2, 1, 3)], (a, b) => [O.kron(a as Expr, b as Expr), O.cross()(a as Expr, b as Expr)]),
  on('multiDot', [real(3), real(3, 1), real(1, 4)], (...xs) => O.multiDot(xs as never)),
  on('vander, toeplitz', [real(3), real(2)], (a, b) => [
    O.vander({ n: 4 })(a as Expr),
    O.toeplitz(a as never, b as never),
  ]),
  on('logsumexp', [x], (e) => O.logsumexp(-1)(e as Expr)),
  on('softmax', [x], (e) => O.softmax(0)(e as Expr)),
  on('logSoftmax', [x], (e) => O.logSoftmax(-1)(e as Expr)),
  on('matmul', [real(2, 1, 2, 3), real(2, 3, 2)], (a, b) => O.matmul(a as Expr, b as Expr)),
  on('linear', [real(2, 3), real(4, 3), real(4)], (a, b, c) => O.linear(a as Expr, b as Expr, c as Expr)),
  on('outer', [real(2), real(3)], (a, b) => O.outer(a as Expr, b as Expr)),
  on('einsum', [real(2, 2), real(2, 3), real(3)], (a, b, c) => O.einsum('ii,ij,j->i')(a as Expr, b as Expr, c as Expr)),
  on('conv', [real(2, 5, 6), real(3, 2, 2, 3), real(3)], (a, b, c) =>
    O.conv({ stride: [2, 1], pad: [1, [0, 2]], dilation: [1, 2] })(a as Expr, b as Expr, c),
  ),
  on('conv in groups', [real(1, 4, 5), real(2, 2, 2)], (a, b) => O.conv({ groups: 2, pad: 1 })(a as Expr, b as Expr)),
  on('convTranspose', [real(2, 3, 2), real(2, 2, 2, 3)], (a, b) =>
    O.convTranspose({ stride: 2, pad: [1, 0], outputPad: 1 })(a as Expr, b as Expr),
  ),
  on('maxPool', [real(2, 5, 4)], (e) => O.maxPool({ kernel: [3, 2], stride: [2, 1], pad: [1, 0] })(e as Expr)),
  on('avgPool', [real(2, 5)], (e) => O.avgPool({ kernel: 3, stride: 2, pad: 1, countPadding: false })(e as Expr)),
  on('adaptiveAvgPool', [real(1, 5, 4)], (e) => O.adaptiveAvgPool([3, 2])(e as Expr)),
  on('adaptiveMaxPool', [real(1, 5, 4)], (e) => O.adaptiveMaxPool([3, 2])(e as Expr)),
  on('upsampleNearest', [real(1, 2, 3)], (e) => O.upsampleNearest([2, 3])(e as Expr)),
  on('upsampleBilinear', [real(1, 2, 3)], (e) => O.upsampleBilinear(2)(e as Expr)),
  on('pixelShuffle', [real(4, 2, 1)], (e) => O.pixelShuffle(2)(e as Expr)),
  on('slices', [real(5, 3)], (e) => [
    O.sliceAlong(0, 4, 0, -2)(e as Expr),
    O.take(1, -1)(e as Expr),
    ...O.split(0, [2, 3])(e as Expr),
  ]),
  on('roll and flip', [real(2, 4)], (e) => O.roll(3, 1)(O.flip(0)(e as Expr))),
  on('stack', [real(2), real(2)], (a, b) => O.stack(-1)([a as Expr, b as Expr])),
  on('repetition', [real(2, 2)], (e) => [O.tile([2, 1, 2])(e as Expr), O.repeatInterleave(2, 0)(e as Expr)]),
  on('padWith', [real(3, 4)], (e) => [
    O.padWith(
      [
        [1, -1],
        [-1, 2],
      ],
      { value: 3 },
    )(e as Expr),
    O.padWith(
      [
        [2, 1],
        [0, 3],
      ],
      { mode: 'reflect' },
    )(e as Expr),
    O.padWith(
      [
        [0, 2],
        [1, 0],
      ],
      { mode: 'replicate' },
    )(e as Expr),
  ]),
  on('diagonals', [real(3, 3)], (e) => [
    O.diagonal(e as Expr, 1),
    O.diagEmbed(e as Expr, -2),
    O.diag(e as Expr, -1),
    O.trace(e as Expr),
    O.diagonal(e as Expr),
    O.diagEmbed(e as Expr),
    O.triu(1)(e as Expr),
    O.tril(-1)(e as Expr),
  ]),
  on('lookups', [real(4, 3), int(2, 3)], (a, i) => [
    O.gatherAlong(0)(a as Expr, i as Expr),
    O.embedding(a as Expr, i as Expr),
    O.indexSelect(1)(a as Expr, i as Expr),
  ]),
  on('scatters', [real(4, 3), int(2, 2), real(2, 2)], (a, i, s) =>
    O.scatterAddAlong(1)(a as Expr, i as Expr, s as Expr),
  ),
  on('indexAdd', [real(4, 3), int(2), real(4, 2)], (a, i, s) => O.indexAdd(1)(a as Expr, i as Expr, s as Expr)),
  on('order', [real(4, 2)], (e) => [O.sort(0)(e as Expr).values, O.topK(0, 2)(e as Expr).values]),
  on('quantiles', [x, real(6)], (a, b) => [
    O.median(0)(a as Expr),
    O.quantile([0.3, 1], 1, { keep: true })(a as Expr),
    O.nanquantile(0.7)(a as Expr),
    O.nanmedian()(b as Expr),
  ]),
  on('sorting together', [x, x, x], (a, b, c) => O.sortBy(1, { keys: 2 })(a as Expr, b as Expr, c as Expr)),
  on('one of each slice', [x, x], (a, b) => [O.kthvalue(2)(a as Expr).values, O.mode(0)(b as Expr).values]),
  on('running extremes', [x, x], (a, b) => [O.cumMax(1)(a as Expr).values, O.cumMin(0, true)(b as Expr).values]),
  on('logCumsumExp', [x], (e) => [O.logCumsumExp(-1)(e as Expr), O.logCumsumExp(0, true)(e as Expr)]),
  on('interp', [real(2, 2), real(3)], (a, f) =>
    O.interp()(a as Expr, tensor([3], [-0.9, 0.11, 0.83]) as Expr, f as Expr),
  ),
  on('counts', [x, real(4)], (w, e) => [
    O.histogram(2, { range: [-1, 1], density: true })(
      tensor([2, 3], [0.3, -0.2, 0.9, -0.7, 0.1, 0.4]) as Expr,
      w as never,
    ).counts,
    O.unique(3)(e as Expr).values,
  ]),
  on('segments', [real(5, 2)], (e) =>
    [O.segmentSum, O.segmentMean, O.segmentProd, O.segmentMax, O.segmentMin].map((f) =>
      (f as (n: number) => (a: Expr, b: Expr) => Expr)(3)(e as Expr, intTensor([5], [0, 2, 1, 2, 0])),
    ),
  ),
  on('differences', [x, real(3)], (a, b) => [
    O.diff(1, 2)(a as Expr),
    O.trapezoid()(a as Expr, b as Expr),
    O.cumulativeTrapezoid(0, { dx: 2 })(a as Expr),
    O.gradient(1, { edgeOrder: 2 })(a as Expr),
    O.rot90(3)(a as Expr),
  ]),
  on('covariance', [real(2, 4)], (e) => [O.cov()(e as Expr), O.corrcoef(e as Expr)]),
  on('sequences', [real(5), real(3)], (a, b) => [
    O.convolve()(a as Expr, b as Expr),
    O.correlate('same')(b as Expr, a as Expr),
  ]),
  on('Fourier transforms', [real(2, 6), real(2, 6)], (re, im) => {
    const z = { re: re as Expr, im: im as Expr }
    const [a, b] = [O.fft2(undefined, { norm: 'ortho' })(z), O.rfft(0)(z.re)]
    return [a.re, a.im, b.re, b.im, O.irfft(1, { n: 11 })(z)]
  }),
  on(
    'complex numbers',
    [x, x],
    (re, im) => {
      const z = { re: re as Expr, im: im as Expr }
      const w = complex.div(complex.log(z), complex.sqrt(z))
      return [complex.abs(w), complex.angle(z), complex.pow(z, w).re]
    },
    positive,
  ),
  on('distances', [x, x], (a, b) => [
    O.mseLoss()(a as Expr, b as Expr),
    O.l1Loss({ reduction: 'sum' })(a as Expr, b as Expr),
    O.hingeLoss({ reduction: 'none' })(a as Expr, b as Expr),
  ]),
  on('huber and smooth l1', [x, x], (a, b) => [
    O.huberLoss({ delta: 5 })(a as Expr, b as Expr),
    O.smoothL1Loss({ beta: 0.001 })(a as Expr, b as Expr),
  ]),
  on(
    'bceLoss',
    [x, x],
    (a, b) => [O.bceLoss()(a as Expr, b as Expr), O.klDivergence({ reduction: 'batchmean' })(a as Expr, b as Expr)],
    [0.1, 0.9],
  ),
  on('bceWithLogits', [x, x, real(3)], (a, b, c) => O.bceWithLogits()(a as Expr, b as Expr, c as Expr)),
  on('crossEntropy', [real(2, 3, 2), int(2, 2), real(3)], (a, t, w) =>
    O.crossEntropy({ labelSmoothing: 0.1, ignoreIndex: 1, reduction: 'sum' })(a as Expr, t as Expr, w as Expr),
  ),
  on('softCrossEntropy', [x, x], (a, b) => O.softCrossEntropy()(a as Expr, b as Expr)),
  on('nllLoss', [x, int(2)], (a, t) => O.nllLoss()(a as Expr, t as Expr)),
  on('batchNorm', [real(4, 2), real(2), real(2)], (a, g, b) =>
    O.batchNorm({ eps: 0.1 })(a as Expr, g as Expr, b as Expr),
  ),
  on('layerNorm', [x, real(3), real(3)], (a, g, b) => O.layerNorm({ eps: 0.1 })(a as Expr, g as Expr, b as Expr)),
  on('rmsNorm', [x, real(3)], (a, g) => O.rmsNorm()(a as Expr, g as Expr)),
  on('groupNorm', [real(4, 3), real(4), real(4)], (a, g, b) =>
    O.groupNorm(2, { eps: 0.1 })(a as Expr, g as Expr, b as Expr),
  ),
  on('attention', [real(3, 2), real(3, 2), real(3, 2), bool(3, 3)], (q, k, v, m) =>
    O.attention({ causal: true })(q as Expr, k as Expr, v as Expr, m as Expr),
  ),
]

/** Functions of one number, of two, and of a key, that lang/index.ts has beside those of operations/index.ts. */
const more: readonly Case[] = [
  ...pointwise({
    trunc: A.trunc as Build,
    frac: A.frac as Build,
    cbrt: A.cbrt as Build,
    sinc: A.sinc as Build,
    celu: A.celu(0.7) as Build,
    squareplus: A.squareplus() as Build,
    tanhshrink: A.tanhshrink as Build,
    softshrink: A.softshrink(0.1) as Build,
    hardswish: A.hardswish as Build,
    lgamma: A.lgamma as Build,
    erfcx: A.erfcx as Build,
    logNdtr: A.logNdtr as Build,
    i1e: A.i1e as Build,
    j1: A.j1 as Build,
    nanToNum: A.nanToNum() as Build,
    nanmean: A.nanmean() as Build,
    glu: (e) => A.glu()(A.concat(0)([e, e] as never) as never),
  }),
  ...pointwise(
    {
      log1mexp: A.log1mexp as Build,
      entr: A.entr as Build,
      digamma: A.digamma as Build,
      'polygamma(2)': A.polygamma(2) as Build,
      k0e: A.k0e as Build,
    },
    positive,
  ),
  ...pointwise({ logit: A.logit as Build, ndtri: A.ndtri as Build }, [0.1, 0.9]),
  ...Object.entries({
    mod: A.mod,
    fmax: A.fmax,
    copysign: A.copysign,
    logaddexp: A.logaddexp,
    xlogy: A.xlogy,
    klDiv: A.klDiv,
    betaln: A.betaln,
    igamma: A.igamma,
    prelu: A.prelu,
  }).map(([name, f]) => on(name, [real(3), real(3)], f as Build, positive)),
  on('zeta', [real(3), real(3)], A.zeta as Build, [1.5, 3]),
  on('lerp', [real(3), real(3), real(3)], A.lerp as Build, [0.6, 0.9]),
  on('poisson', [real(3), int(3)], (a, k) => A.poisson(a as Expr, [3])(k as A.Key), positive),
]

describe.each([...cases, ...more])('$name', ({ program, range }) => {
  test('no guard around a product', () => {
    expect(guardsAroundProducts(program.closed)).toEqual([])
  })
  test('all laws', () => {
    for (const [name, law] of Object.entries(laws)) {
      const holds = law(program)
      const broken = fc.check(
        fc.property(seeds, (seed) => holds(pointFrom(program, seed, range))),
        { numRuns: 2, seed: 17 },
      )
      expect(broken.failed ? `${name}: ${broken.counterexample}` : undefined).toBeUndefined()
    }
  })
})
