/** Loops of a few turns written out: a filter of 2 x 2, a window of 3. Their addresses then differ by constants. */
import type { Reduce, Scalar } from '../../lang/kernel/index.ts'
import { hasLoop, partsOf, rewriter } from './scalars.ts'
import { writtenOut } from './unroll.ts'

const turns = 4
/** Scalars of a body written out. */
const limit = 300

export const shortLoops = (root: Scalar): Scalar =>
  rewriter((s, go) => {
    if (s._tag !== 'Reduce') return undefined
    const inner: Reduce = { ...s, body: go(s.body) }
    const n = s.index.size
    const short = n >= 1 && n <= turns && s.dtype !== 'bool' && !hasLoop(inner.body)
    return short && n * partsOf(inner.body).size <= limit ? writtenOut(inner) : inner
  })(root)
