/** Integers as linear forms: a constant, and a coefficient for every index or other integer that is not a sum. */
import { type Index, plus, type Range, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import { argsOf } from './scalars.ts'

export interface Linear {
  readonly constant: number
  readonly terms: ReadonlyMap<Scalar, number>
}
export const zero: Linear = { constant: 0, terms: new Map() }
export const termOf = (s: Scalar): Linear => ({ constant: 0, terms: new Map([[s, 1]]) })
export const constantOf = (constant: number): Linear => ({ constant, terms: new Map() })
export const sum = (a: Linear, b: Linear): Linear => {
  const terms = new Map(a.terms)
  for (const [t, by] of b.terms) {
    const c = (terms.get(t) ?? 0) + by
    if (c === 0) terms.delete(t)
    else terms.set(t, c)
  }
  return { constant: a.constant + b.constant, terms }
}
export const scale = (a: Linear, by: number): Linear =>
  by === 0 ? zero : { constant: a.constant * by, terms: new Map([...a.terms].map(([t, c]) => [t, c * by])) }
export const without = (a: Linear, term: Scalar): Linear => ({
  constant: a.constant,
  terms: new Map([...a.terms].filter(([t]) => t !== term)),
})
export const coefficient = (a: Linear, term: Scalar): number => a.terms.get(term) ?? 0

/** The range of a form, if every term has one. */
export const rangeOf = (a: Linear): Range | undefined => {
  let [low, high] = [a.constant, a.constant]
  for (const [t, c] of a.terms) {
    if (t.range === undefined) return undefined
    low += Math.min(c * t.range[0], c * t.range[1])
    high += Math.max(c * t.range[0], c * t.range[1])
  }
  return [low, high]
}
export const inRange = (a: Linear, low: number, high: number): boolean => {
  const r = rangeOf(a)
  return r !== undefined && r[0] >= low && r[1] <= high
}
/** The form as a scalar. */
export const toScalar = (a: Linear): Scalar =>
  [...a.terms].reduce<Scalar>((s, [t, c]) => plus(s, times(t, c)), whole(a.constant))

export const isIndex = (s: Scalar): s is Index => s._tag === 'Index'
/** The form of an integer: its sums and multiples are taken apart, everything else is a term as it is. */
export const asLinear = (s: Scalar): Linear => {
  if (s._tag === 'Num') return constantOf(s.value)
  if (s._tag !== 'Call' || s.dtype !== 'int') return termOf(s)
  const [a, b] = argsOf(s)
  if (s.fn === 'add') return sum(asLinear(a), asLinear(b))
  return s.fn === 'mul' && b._tag === 'Num' ? scale(asLinear(a), b.value) : termOf(s)
}
/** Sums and multiples of indices: cheap enough to write where they are used. */
export const isLinear = (s: Scalar): boolean =>
  s._tag === 'Num' || s._tag === 'Index'
    ? s.dtype === 'int'
    : s._tag === 'Call' &&
      s.dtype === 'int' &&
      s.range !== undefined &&
      (s.fn === 'add' || s.fn === 'mul') &&
      s.args.every(isLinear)
