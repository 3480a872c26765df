/** Learned numbers that meet every example: a scale for each channel, and a token. */
import { concat } from '../../lang/primitives/concat.ts'
import { mul } from '../../lang/primitives/elementwise.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { real, type Shape, type Type } from '../../lang/syntax/shape.ts'
import type { Add, Agree, Show } from '../../lang/types/index.ts'
import { filledWith, type Initializer, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { LastAxes } from './normalization.ts'
import type { AnyReal, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

/** An array whose last axes have this shape: no other would do, though some broadcast. */
export const endingIn = (op: string, shape: Shape, a: Expr): Expr => {
  const found = shapeOf(a).slice(-shape.length)
  const same = found.length === shape.length && found.every((n, k) => n === shape[k])
  return same
    ? a
    : refuse(op, { _tag: 'BodyMismatch', what: 'the input', expected: [real(...shape)], found: [a.type] }, [a])
}

/**
 * Multiplies every channel, which is the last axis, by a learned factor, `start` at first.
 *
 * Shape:   [..., channels] -> the same
 * Errors:  BodyMismatch, where the last axes of the input have other sizes
 * Source:  Touvron et al., "Going deeper with image transformers" (2021)
 */
export const layerScale = <const C extends number>(
  channels: C,
  start = 1e-6,
): Layer<{ readonly scale: Type<readonly [C], 'real'> }, null, null, LastAxes<'layerScale', readonly [C]>> => {
  const scale: AnyReal = real(channels)
  return layerAs({
    name: `layerScale(${channels})`,
    params: { scale },
    init: (key) => ({ params: { scale: filledWith(start)(key, scale.shape) } }),
    apply: (p, state, _, a: Expr) => [mul(endingIn('layerScale', [channels], a), p.scale), state],
  })
}

/** [L, D] -> [L + 1, D] */
export interface OneMore<D extends number> extends TypeRule {
  readonly takes: Type<readonly [number, D], 'real'>
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? [number] extends [S['length']]
      ? AnyReal
      : S extends readonly [infer L extends number, infer E extends number]
        ? Agree<E, D> extends true
          ? Type<readonly [Add<L, 1>, D], 'real'>
          : `classToken(${D}) takes [L, ${D}], not ${Show<S>}`
        : `classToken(${D}) takes [L, ${D}], not ${Show<S>}`
    : 'tokens of real numbers are wanted'
}
/**
 * Puts a learned token before the others: what a network reads at the end as its summary.
 *
 * Shape:   [L, width] -> [L + 1, width]
 * Source:  Dosovitskiy et al., "An image is worth 16x16 words" (2020)
 */
export const classToken = <const D extends number>(
  width: D,
  start: Initializer = zeros,
): Layer<{ readonly token: Type<readonly [1, D], 'real'> }, null, null, OneMore<D>> => {
  const token: AnyReal = real(1, width)
  return layerAs({
    name: `classToken(${width})`,
    params: { token },
    init: (key) => ({ params: { token: start(key, token.shape) } }),
    apply: (p, state, _, a: Expr) => [concat(0)([p.token, a] as readonly [Expr, Expr]), state],
    step: () => mixesRows(`classToken(${width})`),
  })
}
