/**
 * The linear form of index arithmetic. Quotients and remainders by a constant are taken apart, so that a reshape of a
 * row-major array costs nothing:
 *
 *   idiv(n x + r, n) = x + idiv(r, n)      mod(n x + r, n) = mod(r, n)      0 and r where 0 <= r < n
 *   idiv(f x + r, f n) = idiv(x, n)      mod(f x + r, f n) = f mod(x, n) + r      0 <= r < f
 *   c mod(x, n) + c n mod(idiv(x, n), m) = c mod(x, n m)
 *   mod(c mod(x, k n) + r, n) = mod(c x + r, n)      = mod(mod(c, n) x + r, n)
 *
 * What depends on one short index only is tabulated: it may be linear, as mod(-i, 2) is where i < 2.
 */
import { type Call, idiv, mod, type Num, type Scalar } from '../../lang/kernel/index.ts'
import type { Interner } from './intern.ts'
import { constantOf, inRange, type Linear, rangeOf, scale, sum, termOf, toScalar, without, zero } from './linear.ts'
import { argsOf } from './scalars.ts'
import { tabulated } from './tabulated.ts'

const isBy = (s: Scalar, fn: 'idiv' | 'mod'): s is Call => s._tag === 'Call' && s.fn === fn && s.args[1]?._tag === 'Num'
/** The divisor of a quotient or remainder by a constant. */
const divisor = (s: Call): number => (argsOf(s)[1] as Num).value

/** n x + r, where n divides no term of r. */
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

/** An equal form modulo n: coefficients in 0 .. n - 1, and no remainders by multiples of n. */
const modulo = (a: Linear, n: number, linear: (s: Scalar) => Linear): Linear => {
  const opened = [...a.terms].reduce<Linear>(
    (all, [t, c]) => sum(all, scale(isBy(t, 'mod') && divisor(t) % n === 0 ? linear(argsOf(t)[0]) : termOf(t), c)),
    constantOf(a.constant),
  )
  const reduced = [...opened.terms].map(([t, c]) => scale(termOf(t), c - n * Math.floor(c / n)))
  return reduced.reduce(sum, constantOf(opened.constant))
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

interface Forms {
  /** The form of a scalar whose operands are in shortest form. */
  readonly linear: (s: Scalar) => Linear
}
export const makeForms = ({ canonical }: Interner): Forms => {
  const known = new Map<Scalar, Linear>()
  const opaque = (s: Scalar): Linear =>
    s._tag === 'Num' ? constantOf(s.value) : termOf(s._tag === 'Index' ? s : canonical(s))
  const tabled = (s: Scalar): Linear => tabulated(s) ?? opaque(s)
  const linear = (s: Scalar): Linear => {
    const hit = known.get(s)
    if (hit !== undefined) return hit
    const found = rejoin(form(s))
    known.set(s, found)
    return found
  }
  const form = (s: Scalar): Linear => {
    if (s._tag === 'Num') return constantOf(s.value)
    if (s._tag === 'Index' && s.size === 1) return zero
    if (s._tag !== 'Call' || s.dtype !== 'int') return opaque(s)
    const [a, b] = argsOf(s)
    if (s.fn === 'add') return sum(linear(a), linear(b))
    if (s.fn === 'mul' && b._tag === 'Num') return scale(linear(a), b.value)
    if (isBy(s, 'idiv') && a.range !== undefined) {
      const [inner, n] = [linear(a), divisor(s)]
      const whole = split(inner, n)
      if (whole) return whole[0]
      const [by, parts] = commonFactor(inner, n)
      if (parts) return linear(idiv(toScalar(parts[0]), n / by))
      const [quotient, rest] = divide(inner, n)
      return sum(quotient, tabled(idiv(toScalar(rest), n)))
    }
    if (isBy(s, 'mod') && a.range !== undefined) {
      const [inner, n] = [linear(a), divisor(s)]
      const parts = split(inner, n) ?? split(modulo(inner, n, linear), n)
      if (parts) return parts[1]
      const [by, fine] = commonFactor(inner, n)
      if (fine) return sum(scale(linear(mod(toScalar(fine[0]), n / by)), by), fine[1])
      return tabled(mod(toScalar(divide(inner, n)[1]), n))
    }
    return opaque(s)
  }
  /** c mod(x, n) + c n idiv(x, n) = c x, and the same below another mod. */
  const rejoin = (a: Linear): Linear => {
    for (const [t, c] of a.terms) {
      if (!isBy(t, 'mod')) continue
      const [x, n] = [argsOf(t)[0], divisor(t)]
      for (const [u, d] of a.terms) {
        if (d !== c * n) continue
        const inner = isBy(u, 'mod') ? argsOf(u)[0] : u
        if (!isBy(inner, 'idiv') || divisor(inner) !== n || !same(argsOf(inner)[0], x)) continue
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
