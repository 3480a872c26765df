/** Substitution of indices. Index arithmetic is built again, so that ranges are known and constants fold. */
import { type Call, type Index, idiv, mod, num, plus, type Scalar, times } from '../../lang/kernel/index.ts'
import { argsOf, mapChildren, rewriter } from './scalars.ts'

export const substitute = (root: Scalar, by: ReadonlyMap<Index, Scalar>): Scalar => substitution(by)(root)

/**
 * The same for several scalars, which share the same parts as before. `canonical` chooses one of equal scalars. Parts that
 * `isFixed` accepts contain none of the indices and are not entered.
 */
export const substitution = (
  by: ReadonlyMap<Index, Scalar>,
  canonical: (s: Scalar) => Scalar = (s) => s,
  isFixed: (s: Scalar) => boolean = () => false,
): ((s: Scalar) => Scalar) =>
  rewriter((s, go) => {
    if (s._tag === 'Index') return by.get(s)
    if (isFixed(s)) return s
    if (s._tag !== 'Load' && s._tag !== 'Call') return undefined
    const found = mapChildren(s, go)
    if (found === s) return s
    return canonical(found._tag === 'Call' ? (decided(found) ?? folded(found)) : found)
  })
/** Index arithmetic through the constructors that fold. */
const folded = (s: Call): Scalar => {
  const [a, b] = argsOf(s)
  if (s.dtype !== 'int' || s.range === undefined) return s
  if (s.fn === 'add') return plus(a, b)
  if (b?._tag !== 'Num') return s
  if (s.fn === 'mul') return times(a, b.value)
  if (s.fn === 'idiv') return idiv(a, b.value)
  return s.fn === 'mod' ? mod(a, b.value) : s
}

const truth = (b: boolean): Scalar => num(b ? 1 : 0, 'bool')
/** 0 < select(t, 1, 0) is t: a mask that was made of numbers. */
const testOf = (s: Call): Scalar | undefined => {
  const [a, b] = argsOf(s)
  if (s.fn !== 'lt' || a._tag !== 'Num' || b._tag !== 'Call' || b.fn !== 'select') return undefined
  const [test, yes, no] = argsOf(b)
  const isMask = yes._tag === 'Num' && no._tag === 'Num' && a.value < yes.value && !(a.value < no.value)
  return isMask && test.dtype === 'bool' ? test : undefined
}
/** What a call is equal to, if ranges decide it: a truth value, or a branch of a select. Undefined if they do not. */
export const decided = (s: Call): Scalar | undefined => {
  const [f, [a, b, c]] = [s.fn, argsOf(s)]
  const mask = testOf(s)
  if (mask !== undefined) return mask
  if ((f === 'lt' || f === 'le') && a.dtype === 'int' && b.dtype === 'int' && a.range && b.range) {
    const [[low, high], [from, to]] = [a.range, b.range]
    if (f === 'lt' ? high < from : high <= from) return truth(true)
    if (f === 'lt' ? low >= to : low > to) return truth(false)
  }
  if (f === 'and' && (a.dtype !== 'bool' || b.dtype !== 'bool')) return undefined
  if (f === 'and' && a._tag === 'Num') return a.value === 0 ? a : b
  if (f === 'and' && b._tag === 'Num') return b.value === 0 ? b : a
  return f === 'select' && a._tag === 'Num' ? (a.value === 0 ? c : b) : undefined
}
