/**
 * Convolution, of any number of spatial axes, as an instance of `contract`. Every spatial axis has one tie between the
 * position h in the image, r in the filter and p in the result:
 *
 *     conv            h = stride p + dilation r - low
 *     convTranspose   p = stride h + dilation r - low          the same equation with h and p exchanged
 *
 * Groups are one more letter, by reshaping the channels. The filter is not reversed.
 */

import { contract, type Tie } from '../primitives/contraction.ts'
import { add } from '../primitives/elementwise.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import { counted, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type {
  ConvOptions,
  ConvShape,
  FitsConv,
  FitsTransposedConv,
  TransposedConvOptions,
  TransposedConvShape,
} from '../types/index.ts'
import { derived, sizeAt, unless, wrong } from './derived.ts'
import { lettersFrom } from './product.ts'
import { each, optionsProblem, padsProblem, places, type Slot, sides, tooWide } from './spatial.ts'

/** The sizes and options of one spatial axis. */
interface Axis extends Slot {
  readonly stride: number
  readonly extra: number
}
interface Plan {
  readonly front: Shape
  readonly channels: number
  readonly groups: number
  readonly axes: readonly Axis[]
  readonly problem: Problem | undefined
}
/** `same`: whether padding may be 'same'; a transposed convolution has no such padding. */
const plan = (
  options: ConvOptions & Pick<TransposedConvOptions, 'outputPad'>,
  x: Expr,
  w: Expr,
  same: boolean,
): Plan => {
  const n = rankOf(w) - 2
  const groups = options.groups ?? 1
  const front = shapeOf(x).slice(0, rankOf(x) - n - 1)
  const [stride, dilation] = [each(options.stride, n, 1), each(options.dilation, n, 1)]
  const kernel = shapeOf(w).slice(2)
  const along = (d: number) => ({
    length: sizeAt(x, d - n),
    ...{ size: nth(kernel, d), stride: nth(stride, d), dilation: nth(dilation, d) },
  })
  const [pads, extra] = [sides(options.pad, n, same ? along : undefined), each(options.outputPad, n, 0)]
  const axes = kernel.map((_, d): Axis => ({ ...along(d), sides: nth(pads, d), extra: nth(extra, d) }))
  const problem: Problem | undefined =
    n < 1
      ? { _tag: 'RankMismatch', expected: 3, shape: shapeOf(w) }
      : rankOf(x) !== n + 1 && rankOf(x) !== n + 2
        ? { _tag: 'RankMismatch', expected: n + 1, shape: shapeOf(x) }
        : (optionsProblem(n, {
            stride: { least: 1, values: stride },
            dilation: { least: 1, values: dilation },
            outputPad: { least: 0, values: extra },
            kernel: { least: 1, values: kernel },
          }) ??
          padsProblem(n, pads) ??
          (Number.isInteger(groups) && groups >= 1 ? undefined : wrong('groups', 'must be whole and at least 1')))
  return { front, channels: sizeAt(x, -n - 1), groups, axes, problem }
}
const channelsProblem = (x: Expr, w: Expr, found: number, expected: number): Problem | undefined =>
  found === expected
    ? undefined
    : { _tag: 'AxisSizes', axis: 'channel', sizes: [found, expected], shapes: [shapeOf(x), shapeOf(w)] }
const groupsProblem = (groups: number, channels: number): Problem | undefined =>
  channels % groups === 0 ? undefined : wrong('groups', `of ${groups} do not divide ${counted(channels, 'channel')}`)

/** conv maps the sizes n .. n + stride - 1 to one size. A dilated filter reaches further, as in PyTorch. */
const extraProblem = (axes: readonly Axis[]): Problem | undefined =>
  axes.every((a) => a.extra < Math.max(a.stride, a.dilation))
    ? undefined
    : wrong('outputPad', 'must be less than the stride or the dilation')

// letters: n example, g group, c input channel, o output channel; per spatial axis h.. image, r.. filter, p.. result
const image = (k: number): string => lettersFrom('A', k)
const filter = (k: number): string => lettersFrom('0', k)
const result = (k: number): string => lettersFrom('P', k)

/** The contraction of an image [n?, g, c, ...] with a filter whose channels have the given letters, groups in front. */
const run = (
  p: Plan,
  x: Expr,
  w: Expr,
  channels: string,
  sizes: Shape,
  tie: (a: Axis, size: number) => Omit<Tie, 'x' | 'y' | 'out'>,
): Expr => {
  const k = p.axes.length
  const ties = p.axes.map(
    (a, d): Tie => ({
      x: image(k).charAt(d),
      y: filter(k).charAt(d),
      out: result(k).charAt(d),
      ...tie(a, nth(sizes, d)),
    }),
  )
  const n = p.front.length === 0 ? '' : 'n'
  return contract({ x: `${n}gc${image(k)}`, y: channels + filter(k), out: `${n}go${result(k)}`, ties })(x, w)
}
/** The groups of channels become one axis; the bias is one number per channel. */
const finish = (p: Plan, y: Expr, sizes: Shape, b: Expr | undefined): Expr => {
  const channels = p.groups * sizeAt(y, -sizes.length - 1)
  const whole = reshape([...p.front, channels, ...sizes])(y)
  return b === undefined ? whole : add(whole, reshape([channels, ...sizes.map(() => 1)])(b))
}
const grouped = (p: Plan, x: Expr): Expr =>
  reshape([...p.front, p.groups, p.channels / p.groups, ...p.axes.map((a) => a.length)])(x)
const split = (w: Expr, groups: number): Expr => {
  const [first = 0, ...rest] = shapeOf(w)
  return reshape([groups, first / groups, ...rest])(w)
}

const batchProblem = (parts: number, groups: number, x: Expr, w: Expr): Problem | undefined =>
  groups !== 1
    ? wrong('batchGroups', 'must be 1 beside groups')
    : rankOf(x) !== rankOf(w)
      ? { _tag: 'RankMismatch', expected: rankOf(w), shape: shapeOf(x) }
      : unless(
          Number.isInteger(parts) && parts >= 1 && sizeAt(x, 0) % parts === 0 && sizeAt(w, 0) % parts === 0,
          'batchGroups',
          `of ${parts} do not divide ${sizeAt(x, 0)} examples and ${sizeAt(w, 0)} filters`,
        )
/** The parts of the batch as groups of channels. [G N, C, ...H] -> [N, G C, ...H] */
const partsAsChannels = (parts: number, x: Expr): Expr => {
  const [n = 0, c = 0, ...image] = shapeOf(x)
  return reshape([n / parts, parts * c, ...image])(moveAxis(0, 1)(reshape([parts, n / parts, c, ...image])(x)))
}
const convolve = (given: ConvOptions, x: Expr, w: Expr, b: Expr | undefined): Expr => {
  const { batchGroups: parts = 1, ...options } = given
  if (parts !== 1)
    return derived('conv', [x, w], batchProblem(parts, options.groups ?? 1, x, w), () =>
      convolve({ ...options, groups: parts }, partsAsChannels(parts, x), w, b),
    )
  const p = plan(options, x, w, true)
  const sizes = p.axes.map((a) => places(a.length, a.size, a.stride, a.dilation, a.sides))
  const problem =
    p.problem ??
    channelsProblem(x, w, p.channels, sizeAt(w, 1) * p.groups) ??
    groupsProblem(p.groups, sizeAt(w, 0)) ??
    tooWide(p.axes, sizes)
  return derived('conv', b === undefined ? [x, w] : [x, w, b], problem, () =>
    finish(
      p,
      run(p, grouped(p, x), split(w, p.groups), 'goc', sizes, (a, size) => ({
        cx: 1,
        cy: -a.dilation,
        co: -a.stride,
        offset: a.sides[0],
        size,
      })),
      sizes,
      b,
    ),
  )
}
const deconvolve = (options: TransposedConvOptions, x: Expr, w: Expr, b: Expr | undefined): Expr => {
  const p = plan(options, x, w, false)
  const sizes = p.axes.map(
    (a) => (a.length - 1) * a.stride + a.dilation * (a.size - 1) + 1 + a.extra - a.sides[0] - a.sides[1],
  )
  const problem =
    p.problem ??
    channelsProblem(x, w, p.channels, sizeAt(w, 0)) ??
    groupsProblem(p.groups, p.channels) ??
    extraProblem(p.axes) ??
    (sizes.some((n) => n < 1) ? wrong('pad', 'leaves nothing') : undefined)
  return derived('convTranspose', b === undefined ? [x, w] : [x, w, b], problem, () =>
    finish(
      p,
      run(p, grouped(p, x), split(w, p.groups), 'gco', sizes, (a, size) => ({
        cx: a.stride,
        cy: a.dilation,
        co: -1,
        offset: -a.sides[0],
        size,
      })),
      sizes,
      b,
    ),
  )
}

// biome-ignore lint/suspicious/noExplicitAny: one number per channel of the result, checked when it is built
type Bias = Expr<any, 'real'>
/**
 * Convolution of one example or of a batch, with an optional bias per channel. As in all of machine learning the filter
 * is not reversed: this is cross-correlation.
 *
 * Shape:   [C, ...H], [O, C / groups, ...K], [O]? -> [O, ...H']; the same with N in front
 *          H' = floor((H + padding - dilation (K - 1) - 1) / stride) + 1
 * Options: stride (1), dilation (1), pad (0) for every spatial axis: one number, or one per axis, and pad also
 *          [before, after] per axis, 'same' for H' = ceil(H / stride), or 'valid' for none; groups (1): how many
 *          parts of the channels are convolved apart; batchGroups (1): how many parts of the batch, each with its own part
 *          of the filters, so that the result has N / batchGroups examples
 * Errors:  AxisSizes, RankMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(3, 8, 8), real(16, 3, 5, 5)], ([x, w]) => conv({ stride: 2, pad: 2 })(x, w))
 * f.out.shape // => [16, 4, 4]
 */
export const conv = operation(
  'conv(options?{stride pad dilation groups batchGroups})(x, w, b?)',
  <const O extends ConvOptions = {}>(options?: O) =>
    <X extends Shape, W extends Shape>(
      x: Expr<X, 'real'>,
      w: Expr<W, 'real'> & FitsConv<X, W, O>,
      b?: Bias,
    ): Expr<ConvShape<X, W, O>, 'real'> =>
      convolve(options ?? {}, x, w, b),
)
/**
 * Transposed convolution: the transpose of conv with the same options, as a map of its image.
 *
 * Shape:   [C, ...H], [C, O / groups, ...K] -> [O, ...H']; the same with N in front
 *          H' = stride (H - 1) + dilation (K - 1) + 1 - padding + outputPad
 * Options: those of conv; outputPad (0): how much longer the result is. It is needed because conv maps several sizes to
 *          the same size; so it is less than the stride, or the dilation
 * Law:     <conv(o)(x, w), y> = <x, convTranspose(o)(y, w)>
 * Errors:  AxisSizes, RankMismatch, InvalidAttribute
 */
export const convTranspose = operation(
  'convTranspose(options?{stride pad dilation groups outputPad})(x, w, b?)',
  <const O extends TransposedConvOptions = {}>(options?: O) =>
    <X extends Shape, W extends Shape>(
      x: Expr<X, 'real'>,
      w: Expr<W, 'real'> & FitsTransposedConv<X, W>,
      b?: Bias,
    ): Expr<TransposedConvShape<X, W, O>, 'real'> =>
      deconvolve(options ?? {}, x, w, b),
)
