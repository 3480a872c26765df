/** Padding of an array: with one number, or with its own elements mirrored, repeated at the border or wrapped around. */

import { filled } from '../primitives/constant.ts'
import { select } from '../primitives/elementwise.ts'
import { reverse } from '../primitives/reindex.ts'
import { pad, slice } from '../primitives/window.ts'
import { counted, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import type { DType, Shape } from '../syntax/shape.ts'
import type { Add, Gradual, Sub } from '../types/index.ts'
import { repeatInterleave } from './arranging.ts'
import { concatAll, derived, notAmong, sizeAt, wrong } from './derived.ts'
import { strided } from './slicing.ts'

type Sides = readonly (readonly [number, number])[]
const modes = ['constant', 'reflect', 'symmetric', 'replicate', 'circular'] as const
type Mode = (typeof modes)[number]
export interface PadOptions {
  /**
   * 'constant' (the default) pads with `value`, 'reflect' mirrors at the border element without repeating it,
   * 'symmetric' mirrors at the border and repeats that element, 'replicate' repeats the border element, and 'circular'
   * goes on at the other end.
   */
  readonly mode?: Mode
  /** The number that mode 'constant' pads with. Default: 0. */
  readonly value?: number
}
type Longer<N extends number, By extends number> = `${By}` extends `-${infer M extends number}` ? Sub<N, M> : Add<N, By>
type Side<P, D, K extends 0 | 1> = D extends keyof P
  ? P[D] extends readonly [number, number]
    ? P[D][K]
    : number
  : number
type PaddedAll<S extends Shape, P extends Sides> = number extends S['length'] | P['length']
  ? Gradual
  : { readonly [D in keyof S]: Longer<Longer<S[D], Side<P, D, 0>>, Side<P, D, 1>> }

const beside = (axis: number, xs: readonly Expr[]): Expr =>
  concatAll(
    axis,
    xs.filter((x) => sizeAt(x, axis) > 0),
  )

/** The array without what negative amounts cut off. */
const crop = (pads: Sides, x: Expr): Expr => {
  const start = pads.map(([low]) => Math.max(0, -low))
  const shape = shapeOf(x).map((n, d) => n - nth(start, d) - Math.max(0, -(pads[d]?.[1] ?? 0)))
  return shape.every((n, d) => n === sizeAt(x, d)) ? x : slice({ start, shape, stride: shape.map(() => 1) })(x)
}
const surround = (pads: Sides, value: number, x: Expr): Expr => {
  const inner = crop(pads, x)
  const start = pads.map(([low]) => Math.max(0, low))
  const shape = shapeOf(inner).map((n, d) => n + nth(start, d) + Math.max(0, pads[d]?.[1] ?? 0))
  if (shape.every((n, d) => n === sizeAt(inner, d))) return inner
  const widen = pad({ start, shape, stride: shape.map(() => 1) })
  return value === 0 ? widen(inner) : select(widen(filled('bool', shapeOf(inner), 1)), widen(inner), value)
}
/** An axis with more elements on its two sides. */
type Margin = (axis: number, sides: readonly [number, number], x: Expr) => Expr
/** `skip`: how many elements at the border the mirror leaves out. */
const mirror =
  (skip: 0 | 1): Margin =>
  (axis, [low, high], x) => {
    const reflected = (start: number, count: number): Expr => reverse(axis)(strided(axis, start, count, 1)(x))
    return beside(axis, [reflected(skip, low), x, reflected(sizeAt(x, axis) - skip - high, high)])
  }
const wrap: Margin = (axis, [low, high], x) =>
  beside(axis, [strided(axis, sizeAt(x, axis) - low, low, 1)(x), x, strided(axis, 0, high, 1)(x)])
const extend: Margin = (axis, [low, high], x) => {
  const copies = (start: number, count: number): Expr => repeatInterleave(count, axis)(strided(axis, start, 1, 1)(x))
  return beside(axis, [copies(0, low), x, copies(sizeAt(x, axis) - 1, high)])
}
const margins: { readonly [M in Exclude<Mode, 'constant'>]: Margin } = {
  reflect: mirror(1),
  symmetric: mirror(0),
  replicate: extend,
  circular: wrap,
}
/** How many elements can be added on a side of an axis of n: a mirror shows each once, and wrapping goes round once. */
const mostOf: { readonly [M in Exclude<Mode, 'constant'>]: (n: number) => number } = {
  reflect: (n) => n - 1,
  symmetric: (n) => n,
  replicate: (n) => (n > 0 ? Number.POSITIVE_INFINITY : 0),
  circular: (n) => n,
}
const rules: { readonly [M in Exclude<Mode, 'constant'>]: string } = {
  reflect: 'must be from 0 to one less than the axis',
  symmetric: 'must be from 0 to the axis',
  replicate: 'must not be negative, and 0 on an axis without elements',
  circular: 'must be from 0 to the axis',
}
const problemOf = (pads: Sides, mode: Mode, x: Expr): Problem | undefined => {
  if (pads.length !== rankOf(x))
    return wrong('pads', `has ${counted(pads.length, 'pair')} for ${counted(rankOf(x), 'axis', 'axes')}`)
  const pairs = pads.every((p) => Array.isArray(p) && p.length === 2 && p.every((n) => Number.isInteger(n)))
  if (!pairs) return wrong('pads', 'must be whole: one pair [before, after] per axis')
  const word = notAmong('mode', mode, modes)
  if (word !== undefined) return word
  if (mode === 'constant')
    return pads.some(([low, high], d) => Math.max(0, -low) + Math.max(0, -high) > sizeAt(x, d))
      ? wrong('pads', 'cut off more than there is')
      : undefined
  const fits = pads.every((p, d) => p.every((n) => n >= 0 && n <= Math.max(0, mostOf[mode](sizeAt(x, d)))))
  return fits ? undefined : wrong('pads', rules[mode])
}
/**
 * Pads every axis by [before, after] elements. In mode 'constant' a negative amount crops instead.
 *
 * Shape:   [..., n, ...] -> [..., before + n + after, ...]
 * Errors:  InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(3), (x) => padWith([[1, 2]], { mode: 'reflect' })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3)]) // => [[2, 1, 2, 3, 2, 1]]
 */
export const padWith = operation(
  'padWith(pads, options?{mode value})(x)',
  <const P extends Sides>(pads: P, options: PadOptions = {}) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<PaddedAll<S, P>, D> => {
      const e: Expr = x
      const { mode = 'constant', value = 0 } = options
      return derived('padWith', [e], problemOf(pads, mode, e), () => {
        if (mode === 'constant') return surround(pads, value, e)
        return pads.reduce((y, sides, axis) => (sides.every((n) => n === 0) ? y : margins[mode](axis, sides, y)), e)
      })
    },
)
