/** Positions of tokens: a table that is learned, waves that are fixed, and pairs of numbers that are turned. */
import { derived } from '../../lang/operations/derived.ts'
import { sliceAlong, split } from '../../lang/operations/slicing.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { filled, iota } from '../../lang/primitives/constant.ts'
import { dynamicSlice } from '../../lang/primitives/dynamic.ts'
import { add, cos, div, eq, exp, mul, rem, select, sin, sub, toReal } from '../../lang/primitives/elementwise.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import type { Problem } from '../../lang/syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../../lang/syntax/expr.ts'
import { int, real, type Type } from '../../lang/syntax/shape.ts'
import type { Dims } from '../../lang/types/index.ts'
import { type Initializer, normal } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { LastAxes } from './normalization.ts'
import type { AnyReal, EachNumber } from './rule.ts'
import { remembers, tooFewRows } from './stepwise.ts'
import { endingIn } from './token.ts'

/** Position times base^(-k / pairs), for the k-th of so many pairs: [L, pairs] */
const angles = (first: Expr, length: number, pairs: number, base: number): Expr => {
  const shape = [length, pairs]
  const position = toReal(add(iota<Dims>(shape, 0), first))
  return mul(position, exp(mul(toReal(iota<Dims>(shape, 1)), -Math.log(base) / pairs)))
}
/** The problem of an array with too few axes. */
const rankProblem = (a: Expr, least: number): Problem | undefined =>
  rankOf(a) < least ? { _tag: 'RankMismatch', expected: least, shape: shapeOf(a) } : undefined
const zero = filled('int', [], 0)
/**
 * Turns number k and number k + d / 2 of every token as a pair, by an angle that grows with the token's position.
 *
 * Shape:   [..., L, d] -> the same, d even
 * Law:     the product of two turned tokens depends on their positions by the difference only
 * Source:  Su et al., "RoFormer: enhanced transformer with rotary position embedding" (2021)
 */
export const rotate = (x: Expr, first: Expr = zero): Expr => {
  const [length = 0, d = 0] = shapeOf(x).slice(-2)
  const [a, b] = split(-1, [d / 2, d / 2])(x)
  const angle = angles(first, length, d / 2, 1e4)
  const [c, s] = [cos(angle), sin(angle)]
  return concat(-1)([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))] as readonly Expr[])
}

export interface PositionOptions {
  /** How the table starts; normal with deviation 0.02 by default. */
  readonly start?: Initializer
  /** Whether sequences may be shorter than the table, of which they then use the first rows; false by default. */
  readonly shorter?: boolean
}
type PositionRule<L extends number, D extends number, Q> = Q extends { readonly shorter: true }
  ? LastAxes<'positions', readonly [D]>
  : LastAxes<'positions', readonly [L, D]>
/**
 * Adds a learned vector to the token at each position.
 *
 * Shape:   [..., length, width] -> the same
 * Errors:  RankMismatch below rank 2; BodyMismatch, where the last axes of the input have other sizes; AxisSizes for more
 *          tokens than positions
 * Source:  Dosovitskiy et al., "An image is worth 16x16 words" (2020), for the initial positions
 */
export const positions = <const L extends number, const D extends number, const Q extends PositionOptions = {}>(
  length: L,
  width: D,
  options?: Q,
): Layer<{ readonly positions: Type<readonly [L, D], 'real'> }, null, null, PositionRule<L, D, Q>> => {
  const { start = normal(0.02), shorter = false }: PositionOptions = options ?? {}
  const table: AnyReal = real(length, width)
  const params = { positions: table }
  const name = `positions(${length}, ${width})`
  const init = (key: Parameters<Initializer>[0]) => ({ params: { positions: start(key, table.shape) } })
  return layerAs({
    name,
    params,
    init,
    apply: (p, state, _, a: Expr) => {
      const placed = (): Expr => {
        const fits = endingIn('positions', shorter ? [width] : [length, width], a)
        const rows = shorter ? sliceAlong(0, 0, shapeOf(a).at(-2) ?? 0)(p.positions as Expr) : p.positions
        return add(fits, rows)
      }
      return [derived('positions', [a], rankProblem(a, 2), placed), state]
    },
    step: (most) => {
      if (most > length) return tooFewRows(name, length, most)
      return remembers({
        name,
        params,
        state: { at: int() },
        init,
        apply: (p, { at }: { readonly at: Expr }, _, a: Expr) => {
          const corner: Expr = concat(0)([reshape<Dims>([1])(at) as Expr, filled('int', [1], 0)] as readonly Expr[])
          const row = dynamicSlice<Dims>([1, width])(p.positions as Expr, corner as Expr<readonly [number], 'int'>)
          return [add(endingIn('positions', [width], a), reshape<Dims>([width])(row)), { at: add(at, 1) }]
        },
      })
    },
  })
}
/** Waves of sine and cosine in turn, one pair for each wavelength: [L, width] */
const waves = (first: Expr, length: number, width: number): Expr => {
  const shape = [length, width]
  const column = iota<Dims>(shape, 1)
  const pair = toReal(div(column, 2))
  const position = toReal(add(iota<Dims>(shape, 0), first))
  const angle = mul(position, exp(mul(pair, (-2 * Math.log(1e4)) / width)))
  return select(eq(rem(column, 2), 0), sin(angle), cos(angle))
}
/**
 * Adds a fixed vector to the token at each position: waves whose lengths grow geometrically from 2 pi to 20,000 pi.
 *
 * Shape:   [..., L, D] -> the same
 * Errors:  RankMismatch below rank 2
 * Source:  Vaswani et al., "Attention is all you need" (2017), section 3.5
 */
export const sinusoidalPositions: Layer<null, null, null, EachNumber> = layerAs({
  name: 'sinusoidalPositions',
  apply: (_, state, __, a: Expr) => {
    const [length = 1, width = 1] = shapeOf(a).slice(-2)
    return [derived('sinusoidalPositions', [a], rankProblem(a, 2), () => add(a, waves(zero, length, width))), state]
  },
  step: () =>
    remembers({
      name: 'sinusoidalPositions',
      state: { at: int() },
      apply: (_, { at }: { readonly at: Expr }, __, a: Expr) => [
        derived('sinusoidalPositions', [a], rankProblem(a, 1), () =>
          add(a, reshape<Dims>([shapeOf(a).at(-1) ?? 1])(waves(at, 1, shapeOf(a).at(-1) ?? 1))),
        ),
        { at: add(at, 1) },
      ],
    }),
})
