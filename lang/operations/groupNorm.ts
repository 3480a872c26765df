/** Normalisation of groups of channels of one example. */
import { reshape } from '../primitives/reindex.ts'
import { counted } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type Shape, sizeOf } from '../syntax/shape.ts'
import type { NotDimension } from '../types/index.ts'
import { type Channels, channelProblem, type PerChannel, scaled } from './channels.ts'
import { derived, type Real, sizeAt, unless } from './derived.ts'
import { standard } from './normalization.ts'

/**
 * Group normalisation: the channels of one example are cut into equal groups of neighbours, and each group is
 * normalised over its channels and pixels. Axes before that of the channels are batch axes.
 *
 * Shape:   [C, ...], [C], [C] -> [C, ...]
 * Errors:  as batchNorm; InvalidAttribute where the groups do not divide the channels
 * Source:  Wu and He, "Group Normalization" (2018)
 */
export const groupNorm = operation(
  'groupNorm(groups, options?{axis eps})(x, gamma, beta)',
  <const G extends number, const O extends Channels = {}>(groups: G & PositiveInteger<G>, options?: O) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel<NoInfer<S>, O, 0>, beta: PerChannel<NoInfer<S>, O, 0>): Real<S> =>
      grouped('groupNorm', groups, options, x, gamma, beta),
)
/** Refuses a literal that is negative or a fraction. */
type PositiveInteger<G extends number> = [NotDimension<G>] extends [never]
  ? unknown
  : { readonly 'groups are a positive integer, not': G }
/** Group normalisation in which every channel is a group. Shape and errors: as groupNorm */
export const instanceNorm = operation(
  'instanceNorm(options?{axis eps})(x, gamma, beta)',
  <const O extends Channels = {}>(options?: O) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel<NoInfer<S>, O, 0>, beta: PerChannel<NoInfer<S>, O, 0>): Real<S> =>
      grouped('instanceNorm', shapeOf(x).at(options?.axis ?? 0) ?? 1, options, x, gamma, beta),
)
const grouped = (op: string, groups: number, options: Channels | undefined, x: Expr, gamma: Expr, beta: Expr): Expr => {
  const axis = options?.axis ?? 0
  const at = axisOf(axis, rankOf(x))
  const problem =
    channelProblem(x, axis, options, [gamma, beta]) ??
    unless(Number.isInteger(groups) && groups > 0, 'groups', 'must be a positive integer') ??
    unless(sizeAt(x, at) % groups === 0, 'groups', `of ${groups} do not divide ${counted(sizeAt(x, at), 'channel')}`)
  return derived(op, [x, gamma, beta], problem, () => {
    const shape = [...shapeOf(x).slice(0, at), groups, sizeOf(shapeOf(x).slice(at)) / groups]
    const normal = standard([shape.length - 1], options, reshape(shape)(x))
    return scaled(x, axis, reshape(shapeOf(x))(normal), gamma, beta)
  })
}
