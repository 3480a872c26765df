/**
 * Positions in an array as affine sums of indices, c1 i + c2 j + c0: they are read from a scalar, divided, and compared
 * with bounds.
 */
import type { Call, Index, Scalar } from '../../../lang/kernel/index.ts'

/** Coefficients by index; c0 is that of `undefined`. There are no zeros. */
type Affine = ReadonlyMap<Index | undefined, number>
const nothing: Affine = new Map()
const plus = (a: Affine, by: number, b: Affine): Affine => {
  const sum = new Map(a)
  for (const [k, c] of b) sum.set(k, (sum.get(k) ?? 0) + by * c)
  return new Map([...sum].filter(([, c]) => c !== 0))
}
const constantOf = (x: Affine): number | undefined =>
  [...x.keys()].every((k) => k === undefined) ? (x.get(undefined) ?? 0) : undefined
const same = (a: Affine, b: Affine): boolean => a.size === b.size && [...a].every(([k, c]) => b.get(k) === c)

/** A bound that a guard proves for a position inside it. */
export interface Bound {
  readonly form: Affine
  readonly low: number
  readonly high: number
}
/** Whether a position stays within 0 .. size - 1, by the ranges of its indices or by a guard. */
const fits = (x: Affine, size: number, proved: readonly Bound[]): boolean => {
  let [low, high] = [0, 0]
  for (const [k, c] of x) {
    const end = k === undefined ? c : c * (k.size - 1)
    low += k === undefined ? c : Math.min(0, end)
    high += k === undefined ? c : Math.max(0, end)
  }
  const known = proved.filter((b) => same(b.form, x))
  return Math.max(low, ...known.map((b) => b.low)) >= 0 && Math.min(high, ...known.map((b) => b.high)) < size
}
/** x = by quotient + rest, term by term, if the rest is proved to be a remainder. */
const divided = (
  x: Affine,
  by: number,
  proved: readonly Bound[],
): { readonly quotient: Affine; readonly rest: Affine } | undefined => {
  const rest = new Map([...x].filter(([, c]) => c % by !== 0))
  const quotient = new Map([...x].filter(([, c]) => c % by === 0).map(([k, c]) => [k, c / by]))
  return fits(rest, by, proved) ? { quotient, rest } : undefined
}

const ofCall = (s: Call, proved: readonly Bound[]): Affine | undefined => {
  const parts = s.args.map((x) => affine(x, proved))
  if (parts.includes(undefined)) return undefined
  const [a = nothing, b = nothing] = parts
  const [x, y] = [constantOf(a), constantOf(b)]
  switch (s.fn) {
    case 'neg':
      return plus(nothing, -1, a)
    case 'add':
      return plus(a, 1, b)
    case 'sub':
      return plus(a, -1, b)
    case 'mul':
      return y !== undefined ? plus(nothing, y, a) : x !== undefined ? plus(nothing, x, b) : undefined
    case 'idiv':
      return y === undefined ? undefined : divided(a, y, proved)?.quotient
    case 'mod':
      return y === undefined ? undefined : divided(a, y, proved)?.rest
    default:
      return undefined
  }
}
/** A scalar as an affine sum; undefined if it is none. */
export const affine = (s: Scalar, proved: readonly Bound[]): Affine | undefined => {
  switch (s._tag) {
    case 'Index':
      return s.size === 1 ? nothing : new Map([[s, 1]])
    case 'Num':
      return s.value === 0 ? nothing : new Map([[undefined, s.value]])
    case 'Call':
      return ofCall(s, proved)
    case 'Load':
    case 'Reduce':
      return undefined
  }
}
/**
 * The bounds that a guard states, 0 <= position and position < size; undefined if it tests anything else.
 */
export const boundsOf = (test: Scalar): readonly Bound[] | undefined => {
  if (test._tag !== 'Call') return undefined
  if (test.fn === 'and') {
    const each = test.args.map(boundsOf)
    return each.includes(undefined) ? undefined : each.flatMap((bounds) => bounds ?? [])
  }
  const [a, b] = test.args.map((x) => affine(x, []))
  if (a === undefined || b === undefined) return undefined
  const [x, y] = [constantOf(a), constantOf(b)]
  if (test.fn === 'le' && x !== undefined) return [{ form: b, low: x, high: Number.POSITIVE_INFINITY }]
  return test.fn === 'lt' && y !== undefined ? [{ form: a, low: Number.NEGATIVE_INFINITY, high: y - 1 }] : undefined
}

/** 2i-j+1: positive terms first, then negative ones, the number last; letters in alphabetical order. */
export const showAffine = (x: Affine, letterOf: (i: Index) => string): string => {
  const name = (k: Index | undefined): string => (k === undefined ? '' : letterOf(k))
  const terms = [...x].sort(
    ([a, c], [b, d]) =>
      Number(a === undefined) - Number(b === undefined) ||
      Math.sign(d) - Math.sign(c) ||
      name(a).localeCompare(name(b)),
  )
  const text = terms
    .map(([k, c], n) => {
      const size = Math.abs(c)
      return `${c < 0 ? '-' : n === 0 ? '' : '+'}${k !== undefined && size === 1 ? '' : size}${name(k)}`
    })
    .join('')
  return text === '' ? '0' : text
}
