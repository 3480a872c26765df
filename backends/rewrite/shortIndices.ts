/**
 * An index that data decide and that has few values, such as the position of the maximum in a window: its loads become a
 * choice among the elements, which the kernel has read anyway. Four lanes choose together, where they would load one by one.
 *
 *   x[i, k]    becomes    select(k = 0, x[i, 0], select(k = 1, x[i, 1], x[i, 2]))    for k in 0 .. 2
 */
import { fn, type Load, type Scalar, whole } from '../../lang/kernel/index.ts'
import { partsOf, replaced, rewriter } from './scalars.ts'

/** The most values that such an index may have. */
const most = 4

export const chooseShort = (root: Scalar): Scalar =>
  rewriter((s, go) => {
    const k = s._tag === 'Load' ? shortIndex(s) : undefined
    if (s._tag !== 'Load' || k?.range === undefined) return undefined
    const [low, high] = k.range
    const at = (n: number): Scalar => replaced(s, new Map([[k, whole(n)]]))
    const values = Array.from({ length: high - low }, (_, n) => low + n)
    const test = go(k)
    return values.reduceRight<Scalar>((rest, n) => fn('select', fn('eq', test, whole(n)), at(n), rest), at(high))
  })(root)
const shortIndex = (s: Load): Scalar | undefined =>
  s.at
    .flatMap((i) => [...partsOf(i)])
    .find((i) => i._tag === 'Call' && i.range !== undefined && i.range[1] - i.range[0] < most && readsData(i))
const readsData = (i: Scalar): boolean => [...partsOf(i)].some((s) => s._tag === 'Load')
