/** The work of computing a scalar once, and whether storing it is worth a buffer. */
import { childrenOf, type Fn, type Scalar } from '../../lang/kernel/index.ts'
import { argsOf } from '../rewrite/scalars.ts'

export interface KernelWork {
  /** Operations on data, without index arithmetic; a function of many instructions counts 8. */
  readonly calls: number
  /** Elements read. */
  readonly loads: number
  /** Those that are not index arithmetic themselves. */
  readonly data: number
  /** Whether an index is read from data. */
  readonly indirect: boolean
  /** Iterations of its innermost loops, all loops around them included. */
  readonly iterations: number
}

/**
 * Whether a scalar is index arithmetic, which reads no data: numbers, indices and calls of these, guards included.
 * `sourceless`: sources that are such arithmetic themselves.
 */
const indexOnly = (known: Map<Scalar, boolean>, sourceless: ReadonlySet<number>) => {
  const is = (s: Scalar): boolean => {
    const hit = known.get(s)
    if (hit !== undefined) return hit
    const reads = s._tag === 'Load' && !sourceless.has(s.source)
    const found = !reads && s._tag !== 'Reduce' && childrenOf(s).every(is)
    known.set(s, found)
    return found
  }
  return is
}

const quick = new Set<Fn>([
  'neg',
  'abs',
  'add',
  'sub',
  'mul',
  'max',
  'min',
  'lt',
  'le',
  'eq',
  'ne',
  'and',
  'or',
  'not',
  'select',
  'toReal',
])

export const workOf = (root: Scalar, sourceless: ReadonlySet<number> = new Set()): KernelWork => {
  const isIndex = indexOnly(new Map(), new Set())
  const isGuard = indexOnly(new Map(), sourceless)
  const seen = new Set<Scalar>()
  let calls = 0
  let loads = 0
  let data = 0
  let iterations = 1
  let indirect = false
  const go = (s: Scalar, around: number): void => {
    if (seen.has(s) || isIndex(s)) return
    seen.add(s)
    if (s._tag === 'Load') {
      loads++
      if (!sourceless.has(s.source)) data++
      if (!s.at.every(isIndex)) indirect = true
    }
    // a guard around a view is index arithmetic too
    if (s._tag === 'Call' && !(s.fn === 'select' && isGuard(argsOf(s)[0]))) calls += quick.has(s.fn) ? 1 : 8
    const inside = s._tag === 'Reduce' ? around * s.index.size : around
    if (s._tag === 'Reduce') calls++
    iterations = Math.max(iterations, inside)
    for (const c of childrenOf(s)) go(c, inside)
  }
  go(root, 1)
  return { calls, loads, data, indirect, iterations }
}

/** A loop long enough to have a kernel of its own. */
export const isHeavy = (w: KernelWork): boolean => w.iterations >= 16

/** How often per element a value may be computed before storing it is cheaper. */
export const worth = (w: KernelWork): number => {
  if (w.iterations > 1) return 1
  if (w.calls === 0 && w.data <= 1 && !w.indirect) return Number.POSITIVE_INFINITY // a view
  return w.calls <= 1 && w.loads <= 1 && !w.indirect ? 3 : 1
}
