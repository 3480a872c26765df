/** Options of windows that slide over the last axes: one number for all axes, or one for each. */
import { counted, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { axesOf, type Shape } from '../syntax/shape.ts'
import { wrong } from './derived.ts'

export type PerAxis = number | Shape
type Padding = number | 'same' | 'valid' | readonly (number | readonly [number, number])[]
/** An axis, and what slides along it. */
interface Sliding {
  readonly length: number
  readonly size: number
  readonly stride: number
  readonly dilation: number
}
/** Padding for ceil(length / stride) places: where it is odd, the end has one more. */
const sidesForSame = ({ length, size, stride, dilation }: Sliding): readonly [number, number] => {
  const reach = (Math.ceil(length / stride) - 1) * stride + dilation * (size - 1) + 1
  const missing = Math.max(0, reach - length)
  return [Math.floor(missing / 2), Math.ceil(missing / 2)]
}

/** Array.isArray does not narrow to readonly lists. */
const isList = <T>(x: unknown | readonly T[]): x is readonly T[] => Array.isArray(x)
/** One number per axis. */
export const each = (option: PerAxis | undefined, rank: number, otherwise: number): Shape =>
  isList(option) ? option : axesOf(rank).map(() => option ?? otherwise)
/** [before, after] for every axis. `along`: the axis, which 'same' needs. */
export const sides = (
  option: Padding | undefined,
  rank: number,
  along?: (d: number) => Sliding,
): readonly (readonly [number, number])[] => {
  if (option === 'same') return axesOf(rank).map((d) => (along ? sidesForSame(along(d)) : [Number.NaN, Number.NaN]))
  const all = option === 'valid' ? 0 : (option ?? 0)
  return (isList(all) ? all : axesOf(rank).map(() => all)).map((p) => (isList(p) ? p : [p, p]))
}

interface Rule {
  readonly least: number
  readonly values: readonly number[]
}
/** The problem of options that are not whole, too small, or not as many as there are axes. */
export const optionsProblem = (rank: number, options: { readonly [name: string]: Rule }): Problem | undefined => {
  for (const [name, { least, values }] of Object.entries(options)) {
    if (values.length !== rank)
      return wrong(name, `has ${counted(values.length, 'number')} for ${counted(rank, 'axis', 'axes')}`)
    if (values.some((n) => !Number.isInteger(n) || n < least))
      return wrong(name, Number.isFinite(least) ? `must be whole and at least ${least}` : 'must be whole')
  }
  return undefined
}
/** The problem of paddings that are not whole pairs, one per axis. */
export const padsProblem = (rank: number, pads: readonly (readonly number[])[]): Problem | undefined => {
  if (pads.length !== rank)
    return wrong('pad', `has ${counted(pads.length, 'number')} for ${counted(rank, 'axis', 'axes')}`)
  const whole = pads.every((p) => p.length === 2 && p.every((n) => Number.isInteger(n)))
  return whole ? undefined : wrong('pad', 'must be whole: one number, one per axis, or [before, after] per axis')
}
/** How many positions a window has; less than 1 where it does not fit. */
export const places = (
  length: number,
  size: number,
  stride: number,
  dilation: number,
  [low, high]: readonly [number, number],
): number => Math.floor((length + low + high - dilation * (size - 1) - 1) / stride) + 1
/**
 * The same where the last window may stick out, by less than its stride. It begins inside the array or the padding before
 * it, as in PyTorch.
 */
export const ceilPlaces = (
  length: number,
  size: number,
  stride: number,
  dilation: number,
  [low, high]: readonly [number, number],
): number => {
  const n = Math.ceil((length + low + high - dilation * (size - 1) - 1) / stride) + 1
  return (n - 1) * stride >= length + low ? n - 1 : n
}

/** A window on one spatial axis. */
export interface Slot {
  readonly length: number
  readonly size: number
  readonly dilation: number
  readonly sides: readonly [number, number]
}
/** The problem of a window that does not fit on its axis: the first of them. */
export const tooWide = (slots: readonly Slot[], counts: Shape): Problem | undefined => {
  const d = counts.findIndex((n) => n < 1)
  const slot = slots[d]
  if (slot === undefined) return undefined
  const { length, size, dilation, sides } = slot
  return wrong(
    'kernel',
    `spans ${dilation * (size - 1) + 1}, but spatial axis ${d} has ${length + sides[0] + sides[1]} with its padding`,
  )
}

/** The problem of padding in which a window of pooling can lie as a whole, or nearly. */
export const padTooWide = (slots: readonly Slot[]): Problem | undefined => {
  const slot = slots.find(({ size, dilation, sides }) => sides.some((n) => n < 0 || 2 * n > dilation * (size - 1) + 1))
  if (slot === undefined) return undefined
  const span = slot.dilation * (slot.size - 1) + 1
  return wrong('pad', `of ${slot.sides.join(' and ')} must be from 0 to half of the window, which spans ${span}`)
}

/** The spatial axes: all but the first, or as many of the last as the option has numbers. */
export const spatialAxes = (x: Expr, option: PerAxis): Shape => {
  const n = typeof option === 'number' ? rankOf(x) - 1 : option.length
  return axesOf(rankOf(x)).slice(Math.max(0, rankOf(x) - n))
}
