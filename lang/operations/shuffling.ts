/** Channels and pixels exchanged, in the order of PyTorch. All are permutations: each pull is the inverse. */

import { permute, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type DType, type Shape } from '../syntax/shape.ts'
import type { Div, Gradual, Mul } from '../types/index.ts'
import { swapAxes } from './arranging.ts'
import { derived, sizeAt, unless, wrong } from './derived.ts'

type Shuffled<S extends Shape, R extends number> = number extends S['length']
  ? Gradual
  : S extends readonly [
        ...infer F extends Shape,
        infer C extends number,
        infer H extends number,
        infer W extends number,
      ]
    ? readonly [...F, Div<C, Mul<R, R>>, Mul<H, R>, Mul<W, R>]
    : Gradual
/**
 * Turns groups of r r channels into blocks of r x r pixels: out[c, h r + i, w r + j] = x[c r r + i r + j, h, w].
 *
 * Shape:   [..., C r r, H, W] -> [..., C, H r, W r]
 * Errors:  RankMismatch, InvalidAttribute
 */
export const pixelShuffle = operation(
  'pixelShuffle(r)(x)',
  <const R extends number>(r: R) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Shuffled<S, R>, D> => {
      const e: Expr = x
      const n = rankOf(e) - 3
      const [c, h, w] = [sizeAt(e, -3), sizeAt(e, -2), sizeAt(e, -1)]
      const problem: Problem | undefined =
        n < 0
          ? { _tag: 'RankMismatch', expected: 3, shape: shapeOf(e) }
          : Number.isInteger(r) && r >= 1 && c % (r * r) === 0
            ? undefined
            : wrong('r', `of ${r} needs a multiple of ${r * r} channels, not ${c}`)
      return derived('pixelShuffle', [e], problem, () => {
        const front = shapeOf(e).slice(0, n)
        const blocks = reshape([...front, c / (r * r), r, r, h, w])(e)
        const spread = permute([...axesOf(n), n, n + 3, n + 1, n + 4, n + 2])(blocks)
        return reshape([...front, c / (r * r), h * r, w * r])(spread)
      })
    },
)

type Unshuffled<S extends Shape, R extends number> = number extends S['length']
  ? Gradual
  : S extends readonly [
        ...infer F extends Shape,
        infer C extends number,
        infer H extends number,
        infer W extends number,
      ]
    ? readonly [...F, Mul<C, Mul<R, R>>, Div<H, R>, Div<W, R>]
    : Gradual
/**
 * Turns blocks of r x r pixels into groups of r r channels: the inverse of pixelShuffle.
 *
 * Shape:   [..., C, H r, W r] -> [..., C r r, H, W]
 * Law:     pixelUnshuffle(r)(pixelShuffle(r)(x)) = x
 * Errors:  RankMismatch, InvalidAttribute
 */
export const pixelUnshuffle = operation(
  'pixelUnshuffle(r)(x)',
  <const R extends number>(r: R) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Unshuffled<S, R>, D> => {
      const e: Expr = x
      const n = rankOf(e) - 3
      const [c, h, w] = [sizeAt(e, -3), sizeAt(e, -2), sizeAt(e, -1)]
      const problem: Problem | undefined =
        n < 0
          ? { _tag: 'RankMismatch', expected: 3, shape: shapeOf(e) }
          : unless(
              Number.isInteger(r) && r >= 1 && h % r === 0 && w % r === 0,
              'r',
              `of ${r} needs a height and a width that are multiples of it, not ${h} and ${w}`,
            )
      return derived('pixelUnshuffle', [e], problem, () => {
        const front = shapeOf(e).slice(0, n)
        const blocks = reshape([...front, c, h / r, r, w / r, r])(e)
        const gathered = permute([...axesOf(n), n, n + 2, n + 4, n + 1, n + 3])(blocks)
        return reshape([...front, c * r * r, h / r, w / r])(gathered)
      })
    },
)
/**
 * Deals the channels of `groups` equal groups out one by one: channel j of group g becomes channel j groups + g.
 *
 * Shape:   [C, ...H] -> [C, ...H]; [N, C, ...H] with `axis` 1
 * Errors:  AxisOutOfRange, InvalidAttribute
 * Source:  Zhang et al., "ShuffleNet" (2017)
 *
 * @example
 * const f = programOrThrow(real(4, 1), (x) => channelShuffle(2)(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[1, 3, 2, 4]]
 */
export const channelShuffle = operation(
  'channelShuffle(groups, axis?)(x)',
  (groups: number, axis = 0) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<S, D> => {
      const e: Expr = x
      const [shape, c] = [shapeOf(e), shapeOf(e)[axis]]
      const problem: Problem | undefined =
        c === undefined
          ? { _tag: 'AxisOutOfRange', axes: [axis], rank: rankOf(e) }
          : unless(
              Number.isInteger(groups) && groups >= 1 && c % groups === 0,
              'groups',
              `of ${groups} do not divide ${c} channels`,
            )
      return derived('channelShuffle', [e], problem, () => {
        const parts = [...shape.slice(0, axis), groups, sizeAt(e, axis) / groups, ...shape.slice(axis + 1)]
        return reshape(shape)(swapAxes(axis, axis + 1)(reshape(parts)(e)))
      }) as Expr<S, D>
    },
)
