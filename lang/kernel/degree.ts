/**
 * How a scalar depends on some of its sources, which are called moved: the proof of linearity by structure.
 *
 *   zero     0, whatever the sources are          fixed     no moved source counts
 *   linear   a sum of moved loads, each times a fixed factor; so 0 where all moved loads are 0
 *   affine   linear plus fixed                    other     anything else
 *
 * Where a factor is not finite, 0 times it counts as 0: linearity is a claim about numbers.
 */
import type { Call, Scalar } from './scalar.ts'

export type Degree = 'zero' | 'fixed' | 'linear' | 'affine' | 'other'
export const isMoved = (d: Degree): boolean => d !== 'zero' && d !== 'fixed'

/** Of a sum, and of a choice between two by a fixed condition. */
export const joined = (a: Degree, b: Degree): Degree => {
  if (a === b || b === 'zero') return a
  if (a === 'zero') return b
  return a === 'other' || b === 'other' ? 'other' : 'affine'
}
const times = (a: Degree, b: Degree): Degree => {
  if (a === 'zero' || b === 'zero') return 'zero'
  if (!isMoved(a)) return b
  return isMoved(b) ? 'other' : a
}
const ofCall = ({ fn }: Call, [a = 'zero', b = 'zero', c = 'zero']: readonly Degree[]): Degree => {
  switch (fn) {
    case 'neg':
    case 'toReal':
      return a
    case 'add':
    case 'sub':
      return joined(a, b)
    case 'mul':
      return times(a, b)
    case 'div':
      return isMoved(b) ? 'other' : times(a, 'fixed')
    case 'select':
      return isMoved(a) ? 'other' : joined(b, c)
    default:
      return [a, b, c].some(isMoved) ? 'other' : 'fixed'
  }
}
/** `sources`: the degree of each source. */
export const degreeOf = (root: Scalar, sources: readonly Degree[]): Degree => {
  const known = new Map<Scalar, Degree>()
  const of = (s: Scalar): Degree => {
    const found = known.get(s) ?? computed(s)
    known.set(s, found)
    return found
  }
  const computed = (s: Scalar): Degree => {
    switch (s._tag) {
      case 'Num':
        return s.value === 0 ? 'zero' : 'fixed'
      case 'Index':
        return 'fixed'
      case 'Load':
        return s.at.some((i) => isMoved(of(i))) ? 'other' : (sources[s.source] ?? 'other')
      case 'Call':
        return ofCall(s, s.args.map(of))
      case 'Reduce': {
        const body = of(s.body)
        return s.by === 'add' ? body : isMoved(body) ? 'other' : 'fixed'
      }
    }
  }
  return of(root)
}
