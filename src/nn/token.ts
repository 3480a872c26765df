/** Learned numbers that meet every example: a scale for each channel, a token, and positions. */
import { concat } from '../../lang/primitives/concat.ts'
import { add, mul } from '../../lang/primitives/elementwise.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { real, type Shape, type Type } from '../../lang/syntax/shape.ts'
import { filledWith, type Initializer, normal, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, Same, TypeRule } from './rule.ts'

/** An array whose last axes have this shape: no other would do, though some broadcast. */
const endingIn = (op: string, shape: Shape, a: Expr): Expr => {
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
): Layer<{ readonly scale: Type<readonly [C], 'real'> }, null, null, Same> => {
  const scale: AnyReal = real(channels)
  return layerAs({
    name: `layerScale(${channels})`,
    params: { scale },
    init: (key) => ({ params: { scale: filledWith(start)(key, scale.shape) } }),
    apply: (p, state, _, a: Expr) => [mul(endingIn('layerScale', [channels], a), p.scale), state],
  })
}

/** [L, D] -> [L + 1, D] */
interface OneMore extends TypeRule {
  readonly takes: AnyReal
  readonly out: AnyReal
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
): Layer<{ readonly token: Type<readonly [1, D], 'real'> }, null, null, OneMore> => {
  const token: AnyReal = real(1, width)
  return layerAs({
    name: `classToken(${width})`,
    params: { token },
    init: (key) => ({ params: { token: start(key, token.shape) } }),
    apply: (p, state, _, a: Expr) => [concat(0)([p.token, a] as readonly [Expr, Expr]), state],
  })
}
/**
 * Adds a learned vector to the token at each position.
 *
 * Shape:   [..., length, width] -> the same
 * Errors:  BodyMismatch, where the last axes of the input have other sizes
 * Source:  Dosovitskiy et al. (2020); the initial positions are normal with deviation 0.02, as there
 */
export const positions = <const L extends number, const D extends number>(
  length: L,
  width: D,
  start: Initializer = normal(0.02),
): Layer<{ readonly positions: Type<readonly [L, D], 'real'> }, null, null, Same> => {
  const table: AnyReal = real(length, width)
  return layerAs({
    name: `positions(${length}, ${width})`,
    params: { positions: table },
    init: (key) => ({ params: { positions: start(key, table.shape) } }),
    apply: (p, state, _, a: Expr) => [add(endingIn('positions', [length, width], a), p.positions), state],
  })
}
