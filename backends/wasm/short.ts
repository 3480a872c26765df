/** Loops of a few turns written out: a filter of 2 x 2, a window of 3. Their addresses then differ by constants. */
import { childrenOf, fn, num, type Reduce, type Scalar, whole } from '../../lang/kernel/index.ts'
import { substitute } from '../schedule/substitute.ts'

const turns = 4
/** Scalars of a body written out. */
const limit = 300

const sizeOfScalar = (root: Scalar): number => {
  const seen = new Set<Scalar>()
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    for (const c of childrenOf(s)) go(c)
  }
  go(root)
  return seen.size
}
const hasLoop = (root: Scalar): boolean => {
  const seen = new Set<Scalar>()
  const go = (s: Scalar): boolean => {
    if (seen.has(s)) return false
    seen.add(s)
    return s._tag === 'Reduce' || childrenOf(s).some(go)
  }
  return go(root)
}
const written = (s: Reduce): Scalar => {
  const at = Array.from({ length: s.index.size }, (_, k) => substitute(s.body, new Map([[s.index, whole(k)]])))
  // 0 + x is not x where x is -0
  const from = s.by === 'add' && s.dtype === 'real' ? [num(0)] : []
  return [...from, ...at].reduce((a, b) => fn(s.by, a, b))
}

export const shortLoops = (root: Scalar): Scalar => {
  const done = new Map<Scalar, Scalar>()
  const go = (s: Scalar): Scalar => {
    const known = done.get(s)
    if (known !== undefined) return known
    const made = rebuilt(s)
    done.set(s, made)
    return made
  }
  const rebuilt = (s: Scalar): Scalar => {
    switch (s._tag) {
      case 'Num':
      case 'Index':
        return s
      case 'Load':
        return { ...s, at: s.at.map(go) }
      case 'Call':
        return { ...s, args: s.args.map(go) }
      case 'Reduce': {
        const inner: Reduce = { ...s, body: go(s.body) }
        const n = s.index.size
        const short = n >= 1 && n <= turns && s.dtype !== 'bool' && !hasLoop(inner.body)
        return short && n * sizeOfScalar(inner.body) <= limit ? written(inner) : inner
      }
    }
  }
  return go(root)
}
