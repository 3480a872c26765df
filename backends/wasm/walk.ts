/** Questions about scalars. */
import { childrenOf, type Index, type Reduce, type Scalar } from '../../lang/kernel/index.ts'

export const mentions = (root: Scalar, i: Index): boolean => {
  const seen = new Set<Scalar>()
  const go = (s: Scalar): boolean => {
    if (seen.has(s)) return false
    seen.add(s)
    return s === i || childrenOf(s).some(go)
  }
  return go(root)
}

/** The outermost reductions. */
export const reducesIn = (root: Scalar): readonly Reduce[] => {
  const found: Reduce[] = []
  const seen = new Set<Scalar>()
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (s._tag === 'Reduce') found.push(s)
    else for (const c of childrenOf(s)) go(c)
  }
  go(root)
  return found
}
