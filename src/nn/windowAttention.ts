/** Attention within windows of an image, and across their borders by shifting the image. */
import { attend, joinHeads, splitHeads } from '../../lang/operations/attention.ts'
import { derived, unless } from '../../lang/operations/derived.ts'
import { linear } from '../../lang/operations/product.ts'
import { roll, split } from '../../lang/operations/slicing.ts'
import { iota } from '../../lang/primitives/constant.ts'
import { add, div, eq, le, mul, rem, sub, toInt } from '../../lang/primitives/elementwise.ts'
import { gather } from '../../lang/primitives/indexing.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import { pad, slice } from '../../lang/primitives/window.ts'
import type { Problem } from '../../lang/syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../../lang/syntax/expr.ts'
import { isSize, real, type Type } from '../../lang/syntax/shape.ts'
import type { Agree, Dims, Mul, Show, Sub } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import {
  type AttentionParams,
  attentionTypes,
  type FitsHeads,
  type HeadParameters,
  startAttention,
  tokensProblem,
} from './attention.ts'
import { glorotUniform, type Initializer, normal } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

/** [H, W, D] -> the same */
export interface Windowed<D extends number, H extends number> extends TypeRule {
  readonly takes: Type<readonly [number, number, D], 'real'>
  readonly out: FitsHeads<D, H> extends infer P extends string
    ? P
    : this['in'] extends Type<infer S, 'real'>
      ? [number] extends [S['length']]
        ? this['in']
        : S extends readonly [number, number, infer E extends number]
          ? Agree<E, D> extends true
            ? this['in']
            : `windowAttention takes [H, W, ${D}], not ${Show<S>}`
          : `windowAttention takes [H, W, ${D}], not ${Show<S>}`
      : 'tokens of real numbers are wanted'
}
type Table<W extends number, H extends number> = readonly [Mul<Sub<Mul<2, W>, 1>, Sub<Mul<2, W>, 1>>, H]
type WindowParams<D extends number, H extends number, W extends number> = {
  readonly table: Type<Table<W, H>, 'real'>
} & AttentionParams<D>

export interface WindowAttentionOptions {
  /** By how many rows and columns, below `window`, the image is rolled before it is cut into windows; 0 by default. */
  readonly shift?: number
  /** How the weights start; `glorotUniform` by default. Biases start at 0, the table normal with deviation 0.02. */
  readonly weights?: Initializer
}
type Sizes = readonly [rows: number, columns: number]
/** The problem of windows of no size, and of a shift that moves them to where others were. */
const windowsProblem = (window: number, shift: number): Problem | undefined =>
  unless(isSize(window) && window >= 1, 'window', 'must be a whole number, 1 or more') ??
  unless(isSize(shift) && shift < window, 'shift', `is ${shift}; expected a whole number, 0 .. ${window - 1}`)
/** The smallest multiple of `window` that is not below n. */
const padded = (n: number, window: number): number => Math.ceil(n / window) * window

/** [H, W, D] <-> [windows, window^2, D] */
const cut =
  (window: number) =>
  (x: Expr): Expr => {
    const [h = 0, w = 0, d = 0] = shapeOf(x)
    const grid = reshape<Dims>([h / window, window, w / window, window, d])(x)
    return reshape<Dims>([(h * w) / window ** 2, window ** 2, d])(permute<Dims>([0, 2, 1, 3, 4])(grid))
  }
const assemble = (window: number, [h, w]: Sizes, x: Expr): Expr => {
  const d = shapeOf(x).at(-1) ?? 0
  const grid = reshape<Dims>([h / window, w / window, window, window, d])(x)
  return reshape<Dims>([h, w, d])(permute<Dims>([0, 2, 1, 3, 4])(grid))
}
/** For each pair of tokens of a window, the row of the table that belongs to the step from one to the other. */
const steps = (window: number): Expr => {
  const n = window ** 2
  const along = (of: (token: Expr) => Expr): Expr => sub(of(iota<Dims>([n, n], 0)), of(iota<Dims>([n, n], 1)))
  const [rows, columns] = [along((t) => div(t, window)), along((t) => rem(t, window))]
  return add(mul(add(rows, window - 1), 2 * window - 1), add(columns, window - 1))
}
/** Which pairs of tokens of each window were neighbours before the shift: bool [windows, 1, window^2, window^2] */
const neighbours = (window: number, [h, w]: Sizes, [down, right]: Sizes): Expr => {
  const beyond = (axis: 0 | 1, first: number): Expr => toInt(le(first, iota<Dims>([h, w, 1], axis)))
  const part: Expr = cut(window)(add(mul(2, beyond(0, h - down)), beyond(1, w - right)))
  const [n = 0, tokens = 0] = shapeOf(part)
  return eq(reshape<Dims>([n, 1, tokens, 1])(part), reshape<Dims>([n, 1, 1, tokens])(part))
}
const attended = (
  window: number,
  heads: number,
  shift: number,
  x: Expr,
  p: HeadParameters & { readonly table: Expr },
) => {
  const [rows = 0, columns = 0, width = 0] = shapeOf(x)
  const sizes = [padded(rows, window), padded(columns, window)] as const
  // an image of one window has nothing to gain from a shift
  const by = sizes.map((n) => (n <= window ? 0 : shift)) as readonly number[] as Sizes
  const whole = pad({ start: [0, 0, 0], shape: [...sizes, width], stride: [1, 1, 1] })(x)
  const rolled = (down: number, right: number, y: Expr): Expr => roll(right, 1)(roll(down, 0)(y)) as Expr
  const windows = cut(window)(rolled(-by[0], -by[1], whole))
  const [q, k, v] = split(-1, [width, width, width])(linear(windows, p.wQkv, p.bQkv)).map(splitHeads(heads))
  const bias = permute<Dims>([2, 0, 1])(gather(p.table, steps(window) as Expr<Dims, 'int'>)) as Expr
  const mask = by[0] > 0 || by[1] > 0 ? neighbours(window, sizes, by) : undefined
  const y = linear(joinHeads(attend({}, q as Expr, k as Expr, v as Expr, mask, bias)), p.wOut, p.bOut)
  const back = rolled(by[0], by[1], assemble(window, sizes, y))
  return slice({ start: [0, 0, 0], shape: [rows, columns, width], stride: [1, 1, 1] })(back)
}
/**
 * Self-attention of the pixels within each window of an image. To a score is added a learned number for the step from
 * one pixel to the other. With `shift` the image is rolled first, so that windows reach across those of a layer without
 * shift; pixels that became neighbours only by the roll do not see each other. The image is padded with zeros to whole
 * windows, which are cut off at the end.
 *
 * Shape:   [H, W, width] -> the same
 * Law:     it is multi-head attention of all pixels, with the scores masked outside of the windows
 * Errors:  InvalidAttribute for heads that do not divide the width, a window below 1, a shift outside 0 .. window - 1
 * Source:  Liu et al., "Swin transformer: hierarchical vision transformer using shifted windows" (2021)
 *
 * @example
 * residual(sequential(layerNorm([96]), windowAttention(96, 3, 7, { shift: 3 })))
 */
export const windowAttention = <const D extends number, const H extends number, const W extends number>(
  width: D,
  heads: H,
  window: W,
  { shift = 0, weights = glorotUniform }: WindowAttentionOptions = {},
): Layer<WindowParams<D, H, W>, null, null, Windowed<D, H>> => {
  // sizes that are none are refused by `problem`, which names the argument
  const table: AnyReal = real(...[(2 * window - 1) ** 2, heads].map((n) => (isSize(n) ? n : 0)))
  const name = `windowAttention(${width}, ${heads}, ${window}${shift === 0 ? '' : `, shift ${shift}`})`
  const problem = (a: Expr): Problem | undefined =>
    windowsProblem(window, shift) ??
    (rankOf(a) === 3 ? tokensProblem(a, 3, width, heads) : { _tag: 'RankMismatch', expected: 3, shape: shapeOf(a) })
  return layerAs({
    name,
    params: { table, ...attentionTypes(width) },
    init: (key) => {
      const [forTable, forRest] = splitKey(2)(key)
      return { params: { table: normal(0.02)(forTable, table.shape), ...startAttention(width, weights)(forRest) } }
    },
    apply: (p, state, _, a: Expr) => [
      derived('windowAttention', [a], problem(a), () => attended(window, heads, shift, a, p)),
      state,
    ],
    step: () => mixesRows(name),
  })
}
