/**
 * An index that data decide and that has few values, such as the position of the maximum in a window: what it reads becomes
 * a choice among the elements, which the kernel has read anyway. Four lanes choose together, where they would load one by
 * one. The first position where a test holds is chosen by the tests themselves; the element at the first maximum is found
 * while the elements are compared, without their maximum.
 *
 *   x[i, k]    becomes    select(k = 0, x[i, 0], select(k = 1, x[i, 1], x[i, 2]))    for k in 0 .. 2
 */
import { type Call, fn, type Index, type Reduce, type Scalar, whole } from '../../lang/kernel/index.ts'
import { asLinear, isIndex, type Linear } from './linear.ts'
import { argsOf, partsOf, replaced, rewriter } from './scalars.ts'
import { simplified } from './shortestIndices.ts'
import { substitute } from './substitute.ts'

/** The most values that such an index may have. */
const most = 4

/** A guard of the index, which is around the load, is part of the choice: it may be known for each position. */
export const chooseShort = (root: Scalar): Scalar =>
  rewriter((s, go) => {
    const k =
      s._tag === 'Load'
        ? s.at.map(shortIndex).find((i) => i !== undefined)
        : s._tag === 'Call' && s.fn === 'select'
          ? shortIndex(argsOf(s)[0])
          : undefined
    if (k?.range === undefined) return undefined
    const [low, high] = k.range
    const elementAt = (n: number): Scalar => replaced(s, new Map([[k, whole(n)]]))
    const test = (n: number): Scalar => go(firstTest(k, n) ?? fn('eq', k, whole(n)))
    const extreme = low === 0 ? firstExtreme(k, high, elementAt, go) : undefined
    if (extreme) return extreme
    const values = Array.from({ length: high - low }, (_, n) => low + n)
    return values.reduceRight<Scalar>((rest, n) => fn('select', test(n), go(elementAt(n)), rest), go(elementAt(high)))
  })(root)
/** The index that data decide, in index arithmetic. */
const shortIndex = (s: Scalar): Scalar | undefined => {
  const isShort = (i: Scalar): boolean =>
    i._tag === 'Call' &&
    i.range !== undefined &&
    i.range[1] > i.range[0] &&
    i.range[1] - i.range[0] < most &&
    readsData(i)
  const outside = [...partsOf(s, (i) => !isShort(i))]
  const found = outside.filter(isShort)
  return found.length === 1 && !outside.some((i) => i._tag === 'Load' || i._tag === 'Reduce') ? found[0] : undefined
}
const readsData = (i: Scalar): boolean => i.dtype === 'int' && [...partsOf(i)].some((s) => s._tag === 'Load')
/** The first position where a test holds: max(0, min(last, min_i (i if test, else more))). */
const firstWhere = (k: Scalar): { readonly test: Scalar; readonly index: Index } | undefined => {
  if (k._tag !== 'Call' || k.fn !== 'max') return undefined
  const inner = argsOf(k)[1]
  if (inner._tag !== 'Call' || inner.fn !== 'min') return undefined
  const [last, first] = argsOf(inner)
  if (last._tag !== 'Num' || first._tag !== 'Reduce' || first.by !== 'min' || first.index.size !== last.value + 1)
    return undefined
  const term = first.body
  if (term._tag !== 'Call' || term.fn !== 'select') return undefined
  const [test, position, none] = argsOf(term)
  return position === first.index && none._tag === 'Num' && none.value > last.value
    ? { test, index: first.index }
    : undefined
}
const at = (s: Scalar, i: Index, n: number): Scalar => substitute(s, new Map([[i, whole(n)]]))
/** Whether n is the first position with a property, given that none before is. */
const firstTest = (k: Scalar, n: number): Scalar | undefined => {
  const found = firstWhere(k)
  return found && at(found.test, found.index, n)
}
/**
 * The element at the position of the first extreme, or of the first NaN, where exactly these elements are compared:
 *
 *   first i with (x[i] = max_j x[j]) or x[i] is NaN      best, unless x[i] is larger or the first NaN
 */
const firstExtreme = (
  k: Scalar,
  last: number,
  elementAt: (n: number) => Scalar,
  go: (s: Scalar) => Scalar,
): Scalar | undefined => {
  const found = firstWhere(k)
  const compared = found && extremeIn(found.test)
  if (found === undefined || compared === undefined) return undefined
  const { x, extreme } = compared
  const all = Array.from({ length: last + 1 }, (_, n) => simplified(at(x, found.index, n)))
  const isCompared = (e: Scalar, n: number): boolean =>
    isSame(e, simplified(elementAt(n))) && isSame(e, simplified(at(extreme.body, extreme.index, n)))
  if (extreme.index.size !== last + 1 || !all.every(isCompared)) return undefined
  return all.map(go).reduce((best, e) => {
    const stays = extreme.by === 'max' ? fn('le', e, best) : fn('le', best, e)
    return fn('select', fn('or', stays, fn('ne', best, best)), best, e)
  })
}
/** x of (x = extreme) or (x != x). */
const extremeIn = (test: Scalar): { readonly x: Scalar; readonly extreme: Reduce } | undefined => {
  if (test._tag !== 'Call' || test.fn !== 'or') return undefined
  const [equal, other] = argsOf(test)
  if (equal._tag !== 'Call' || equal.fn !== 'eq' || other._tag !== 'Call' || other.fn !== 'ne') return undefined
  const [x, extreme] = argsOf(equal)
  const isNaNTest = argsOf(other)[0] === x && argsOf(other)[1] === x
  return isNaNTest && extreme._tag === 'Reduce' && (extreme.by === 'max' || extreme.by === 'min') && x.dtype === 'real'
    ? { x, extreme }
    : undefined
}
/** Whether two scalars are equal, up to the form of integers and to tests that repeat inside one another. */
const isSame = (a: Scalar, b: Scalar): boolean => {
  if (a === b) return true
  if (a.dtype === 'int' && b.dtype === 'int') return isSameForm(asLinear(a), asLinear(b))
  if (a._tag === 'Num') return b._tag === 'Num' && a.dtype === b.dtype && Object.is(a.value, b.value)
  if (a._tag === 'Load')
    return b._tag === 'Load' && a.source === b.source && a.at.every((i, d) => isSame(i, b.at[d] ?? i))
  if (a._tag !== 'Call' || b._tag !== 'Call') return false
  const [p, q] = [unrepeated(a), unrepeated(b)]
  return p.fn === q.fn && p.args.length === q.args.length && p.args.every((x, d) => isSame(x, q.args[d] ?? x))
}
const isSameForm = (a: Linear, b: Linear): boolean =>
  a.constant === b.constant &&
  a.terms.size === b.terms.size &&
  [...a.terms].every(([t, by]) => isIndex(t) && b.terms.get(t) === by)
/** select(c, select(c, x, y), z) = select(c, x, z) */
const unrepeated = (s: Call): Call => {
  if (s.fn !== 'select') return s
  const [test, yes, no] = argsOf(s)
  return yes._tag === 'Call' && yes.fn === 'select' && isSame(argsOf(yes)[0], test)
    ? unrepeated({ ...s, args: [test, argsOf(yes)[1], no] })
    : s
}
