/**
 * Addresses as linear forms: a constant, and a coefficient for every index or opaque integer. Quotients and remainders by
 * a constant are split, so that a reshape of a row-major array costs nothing:
 *
 *   idiv(n x + r, n) = x + idiv(r, n)      mod(n x + r, n) = mod(r, n)      0 and r where 0 <= r < n
 *   idiv(f x + r, f n) = idiv(x, n)      mod(f x + r, f n) = f mod(x, n) + r      0 <= r < f
 *   c mod(x, n) + c n mod(idiv(x, n), m) = c mod(x, n m)
 */
import { type Index, idiv, mod, plus, type Range, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import type { Interner } from '../schedule/intern.ts'

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

/** The values that it can take, where every term says. */
export const rangeOf = (a: Linear): Range | undefined => {
  let [low, high] = [a.constant, a.constant]
  for (const [t, c] of a.terms) {
    if (t.range === undefined) return undefined
    low += Math.min(c * t.range[0], c * t.range[1])
    high += Math.max(c * t.range[0], c * t.range[1])
  }
  return [low, high]
}
const inRange = (a: Linear, low: number, high: number): boolean => {
  const r = rangeOf(a)
  return r !== undefined && r[0] >= low && r[1] <= high
}
export const toScalar = (a: Linear): Scalar =>
  [...a.terms].reduce<Scalar>((s, [t, c]) => plus(s, times(t, c)), whole(a.constant))

const isBy = (s: Scalar, fn: 'idiv' | 'mod'): s is Scalar & { readonly _tag: 'Call' } =>
  s._tag === 'Call' && s.fn === fn && s.args[1]?._tag === 'Num'
const divisor = (s: Scalar & { readonly _tag: 'Call' }): number => (s.args[1] as { readonly value: number }).value

/** n x + r, with nothing in r that n divides. */
const divide = (a: Linear, n: number): readonly [quotient: Linear, rest: Linear] => {
  const multiple = [...a.terms].filter(([, c]) => c % n === 0)
  const others = [...a.terms].filter(([, c]) => c % n !== 0)
  const low = ((a.constant % n) + n) % n
  const rest: Linear = { constant: low, terms: new Map(others) }
  const quotient: Linear = { constant: (a.constant - low) / n, terms: new Map(multiple.map(([t, c]) => [t, c / n])) }
  return [quotient, rest]
}
/** The same, if the ranges prove that 0 <= r < n. */
const split = (a: Linear, n: number): readonly [quotient: Linear, rest: Linear] | undefined => {
  const parts = divide(a, n)
  return inRange(parts[1], 0, n - 1) ? parts : undefined
}

/** f x + r with f dividing n and 0 <= r < f: idiv by n is idiv of x by n / f, and mod leaves r alone. */
const commonFactor = (a: Linear, n: number): readonly [number, readonly [Linear, Linear] | undefined] => {
  const factors = [...new Set(a.terms.values())].filter((c) => c > 1 && c < n && n % c === 0).sort((x, y) => y - x)
  for (const f of factors) {
    const parts = split(a, f)
    if (parts && rangeOf(parts[0]) !== undefined) return [f, parts]
  }
  return [1, undefined]
}

export interface Forms {
  /** Of a scalar whose operands are already as they should be. */
  readonly linear: (s: Scalar) => Linear
}
export const makeForms = ({ canonical }: Interner): Forms => {
  const known = new Map<Scalar, Linear>()
  const opaque = (s: Scalar): Linear =>
    s._tag === 'Num' ? constantOf(s.value) : termOf(s._tag === 'Index' ? s : canonical(s))
  const linear = (s: Scalar): Linear => {
    const hit = known.get(s)
    if (hit !== undefined) return hit
    const made = rejoin(form(s))
    known.set(s, made)
    return made
  }
  const form = (s: Scalar): Linear => {
    if (s._tag === 'Num') return constantOf(s.value)
    if (s._tag === 'Index' && s.size === 1) return zero
    if (s._tag !== 'Call' || s.dtype !== 'int') return opaque(s)
    const [a, b] = s.args as readonly [Scalar, Scalar]
    if (s.fn === 'add') return sum(linear(a), linear(b))
    if (s.fn === 'mul' && b._tag === 'Num') return scale(linear(a), b.value)
    if (isBy(s, 'idiv') && a.range !== undefined) {
      const [inner, n] = [linear(a), divisor(s)]
      const whole = split(inner, n)
      if (whole) return whole[0]
      const [by, parts] = commonFactor(inner, n)
      if (parts) return linear(idiv(toScalar(parts[0]), n / by))
      const [quotient, rest] = divide(inner, n)
      return sum(quotient, opaque(idiv(toScalar(rest), n)))
    }
    if (isBy(s, 'mod') && a.range !== undefined) {
      const [inner, n] = [linear(a), divisor(s)]
      const parts = split(inner, n)
      if (parts) return parts[1]
      const [by, fine] = commonFactor(inner, n)
      if (fine) return sum(scale(linear(mod(toScalar(fine[0]), n / by)), by), fine[1])
      return opaque(mod(toScalar(divide(inner, n)[1]), n))
    }
    return opaque(s)
  }
  /** c mod(x, n) + c n idiv(x, n) = c x, and the same below another mod. */
  const rejoin = (a: Linear): Linear => {
    for (const [t, c] of a.terms) {
      if (!isBy(t, 'mod')) continue
      const [x, n] = [t.args[0] as Scalar, divisor(t)]
      for (const [u, d] of a.terms) {
        if (d !== c * n) continue
        const inner = isBy(u, 'mod') ? (u.args[0] as Scalar) : u
        if (!isBy(inner, 'idiv') || divisor(inner) !== n || !same(inner.args[0] as Scalar, x)) continue
        const rest = without(without(a, t), u)
        const joined = isBy(u, 'mod') ? linear(mod(x, n * divisor(u))) : linear(x)
        return rejoin(sum(rest, scale(joined, c)))
      }
    }
    return a
  }
  const same = (a: Scalar, b: Scalar): boolean => canonical(a) === canonical(b)
  return { linear }
}

/** The address as a sum, the outermost indices first. */
export const isIndex = (s: Scalar): s is Index => s._tag === 'Index'
