/**
 * Layers that bring numbers to mean 0 and variance 1, and then to a learned scale and offset. They differ in the
 * numbers whose mean and variance are taken:
 *
 *   layerNorm, rmsNorm   the last axes of one example       batchNorm    a channel of all examples: batchNorm.ts
 *   groupNorm            a run of channels of one example   instanceNorm a channel of one example
 */

import { groupNorm as grouped, instanceNorm as instances } from '../../lang/operations/groupNorm.ts'
import { type EndsWith, layerNorm as normalized, rmsNorm as scaled } from '../../lang/operations/layerNorm.ts'
import type { Epsilon } from '../../lang/operations/normalization.ts'
import { moveAxis } from '../../lang/primitives/reindex.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import type { Agree, Dims, Show } from '../../lang/types/index.ts'
import { ones, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

type ScaleParams<S extends Dims> = { readonly gamma: Type<S, 'real'> }
export type AffineParams<S extends Dims> = ScaleParams<S> & { readonly beta: Type<S, 'real'> }
type NotReal = 'one array of real numbers is wanted'

/** [..., ...L] -> the same */
export interface LastAxes<Name extends string, L extends Dims> extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? [number] extends [S['length']]
      ? this['in']
      : EndsWith<S, L> extends true
        ? this['in']
        : `${Name} over ${Show<L>} does not fit ${Show<S>}`
    : NotReal
}

/** `rowwise`: whether each row of a sequence is normalised by itself. */
const affine = <L extends Layer>(
  name: string,
  shape: Dims,
  rowwise: boolean,
  apply: (a: Expr, gamma: Expr, beta: Expr) => Expr,
): L => {
  const type: AnyReal = real(...shape)
  return layerAs({
    name,
    params: { gamma: type, beta: type },
    init: (key) => ({ params: { gamma: ones(key, shape), beta: zeros(key, shape) } }),
    apply: ({ gamma, beta }, state, _, a: Expr) => [apply(a, gamma, beta), state],
    ...(!rowwise && { step: () => mixesRows(name) }),
  })
}
/**
 * Layer normalisation over the last axes of an example, which have this shape.
 *
 * Shape:   [..., ...shape] -> the same
 * Source:  Ba, Kiros, Hinton, "Layer normalization" (2016)
 */
export const layerNorm = <const S extends Dims>(
  shape: S,
  options?: Epsilon,
): Layer<AffineParams<S>, null, null, LastAxes<'layerNorm', S>> =>
  affine(`layerNorm(${shape})`, shape, shape.length === 1, normalized(options))
/**
 * layerNorm without the mean and the offset: x / sqrt(mean(x^2) + eps) gamma.
 *
 * Shape:   [..., ...shape] -> the same
 * Source:  Zhang and Sennrich, "Root mean square layer normalization" (2019)
 */
export const rmsNorm = <const S extends Dims>(
  shape: S,
  options?: Epsilon,
): Layer<ScaleParams<S>, null, null, LastAxes<'rmsNorm', S>> => {
  const sizes: Dims = shape
  const gamma: AnyReal = real(...sizes)
  return layerAs({
    name: `rmsNorm(${shape})`,
    params: { gamma },
    init: (key) => ({ params: { gamma: ones(key, shape) } }),
    apply: (params, state, _, a: Expr) => [scaled(options)(a, params.gamma), state],
    ...(sizes.length > 1 && { step: () => mixesRows(`rmsNorm(${shape})`) }),
  })
}

/** [C, ...] -> the same */
export interface Channels<Name extends string, C extends number> extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? [number] extends [S['length']]
      ? this['in']
      : S extends readonly [infer D extends number, ...Dims]
        ? Agree<C, D> extends true
          ? this['in']
          : `${Name}(${C}) takes [${C}, ...], not ${Show<S>}`
        : `${Name}(${C}) takes [${C}, ...], not ${Show<S>}`
    : NotReal
}
/**
 * Group normalisation: the channels are split into `groups` equal runs, each normalised with its pixels.
 *
 * Shape:   [C, ...] -> the same
 * Source:  Wu and He, "Group normalization" (2018)
 */
export const groupNorm = <const C extends number>(
  groups: number,
  channels: C,
  options?: Epsilon,
): Layer<AffineParams<readonly [C]>, null, null, Channels<'groupNorm', C>> =>
  affine(`groupNorm(${groups}, ${channels})`, [channels], false, grouped(groups, options))
/**
 * Instance normalisation, every channel by itself: groupNorm with as many groups as channels.
 *
 * Shape:   [C, ...] -> the same
 * Source:  Ulyanov, Vedaldi, Lempitsky, "Instance normalization" (2016)
 */
export const instanceNorm = <const C extends number>(
  channels: C,
  options?: Epsilon,
): Layer<AffineParams<readonly [C]>, null, null, Channels<'instanceNorm', C>> =>
  affine(`instanceNorm(${channels})`, [channels], false, instances(options))
/**
 * Layer normalisation of the channels of every pixel: of an image as layerNorm is of tokens.
 *
 * Shape:   [C, ...] -> the same
 * Law:     it is layerNorm([C]) between two moves of the channels to the end and back
 * Source:  Liu et al., "A ConvNet for the 2020s" (2022)
 */
export const channelLayerNorm = <const C extends number>(
  channels: C,
  options?: Epsilon,
): Layer<AffineParams<readonly [C]>, null, null, Channels<'channelLayerNorm', C>> => {
  const last: (a: Expr, gamma: Expr, beta: Expr) => Expr = normalized(options)
  return affine(`channelLayerNorm(${channels})`, [channels], false, (a, gamma, beta) =>
    moveAxis(-1, 0)(last(moveAxis(0, -1)(a), gamma, beta)),
  )
}
