/** Where a kernel rounds: in its result, and inside its sums. */
import { childrenOf, type Scalar } from './scalar.ts'

/** Functions whose result is one of their arguments, or an integer: nothing is rounded. */
const exact: ReadonlySet<string> = new Set([
  'neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'max', 'min', 'select', 'toReal', 'toInt',
])
const roundsOne = (s: Scalar): boolean => s._tag === 'Call' && s.dtype === 'real' && !exact.has(s.fn)
const sumsOne = (s: Scalar): boolean => s._tag === 'Reduce' && s.dtype === 'real' && (s.by === 'add' || s.by === 'mul')
/** Whether some part has a property. Shared parts are visited once. */
const some = (root: Scalar, kind: (s: Scalar) => boolean): boolean => {
  const seen = new Set<Scalar>([root])
  for (const s of seen) {
    if (kind(s)) return true
    for (const c of childrenOf(s)) seen.add(c)
  }
  return false
}
/** Whether a kernel's terms round inside a sum or a product, only its result, or nothing. */
export const roundingOf = (body: Scalar): 'terms' | 'result' | 'nothing' =>
  some(body, sumsOne) ? 'terms' : some(body, roundsOne) ? 'result' : 'nothing'
