/** Unrolls short loops, such as those of a 2 x 2 filter or a window of 3: their addresses then differ by constants. */
import { unitOf } from '../../lang/kernel/functions.ts'
import { fn, num, type Reduce, type Scalar, whole } from '../../lang/kernel/index.ts'
import { hasLoop, partsOf, rewriter } from './scalars.ts'
import { substitute } from './substitute.ts'

/** The longest loop that is unrolled. */
const longest = 4
/** Scalars in all copies of a body. */
const limit = 300

export const unrollShort = (root: Scalar): Scalar =>
  rewriter((s, go) => {
    if (s._tag !== 'Reduce') return undefined
    const inner: Reduce = { ...s, body: go(s.body) }
    const n = s.index.size
    const short = n >= 1 && n <= longest && s.dtype !== 'bool' && !hasLoop(inner.body)
    return short && n * partsOf(inner.body).size <= limit ? unrolled(inner) : inner
  })(root)
const unrolled = (s: Reduce): Scalar => {
  const terms = Array.from({ length: s.index.size }, (_, k) => substitute(s.body, new Map([[s.index, whole(k)]])))
  // a sum of reals begins with 0, for 0 + x is not x where x is -0
  const start = s.by === 'add' && s.dtype === 'real' ? [num(unitOf[s.by])] : []
  return [...start, ...terms].reduce((a, b) => fn(s.by, a, b))
}
