/**
 * An index that data decide and that has few values, such as the position of the maximum in a window: what it reads becomes
 * a choice among the elements, which the kernel has read anyway. Four lanes choose together, where they would load one by
 * one. The first position where a test holds is chosen by the tests themselves.
 *
 *   x[i, k]    becomes    select(k = 0, x[i, 0], select(k = 1, x[i, 1], x[i, 2]))    for k in 0 .. 2
 */
import { fn, type Scalar, whole } from '../../lang/kernel/index.ts'
import { argsOf, partsOf, replaced, rewriter } from './scalars.ts'
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
    const at = (n: number): Scalar => go(replaced(s, new Map([[k, whole(n)]])))
    const test = (n: number): Scalar => go(firstTest(k, n) ?? fn('eq', k, whole(n)))
    const values = Array.from({ length: high - low }, (_, n) => low + n)
    return values.reduceRight<Scalar>((rest, n) => fn('select', test(n), at(n), rest), at(high))
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
/** Whether n is the first position with a property, given that none before is: max(0, min(high, min_i (i if test, else more))). */
const firstTest = (k: Scalar, n: number): Scalar | undefined => {
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
    ? substitute(test, new Map([[first.index, whole(n)]]))
    : undefined
}
