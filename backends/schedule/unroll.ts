/**
 * More work per turn, on KernelIR itself. Unrolling writes several turns of an innermost loop in one; jamming computes
 * several neighbours along an axis of the output together, so that what they share is read once.
 */

import { unitOf } from '../../lang/kernel/functions.ts'
import {
  childrenOf,
  fn,
  type Index,
  index,
  num,
  plus,
  type Reduce,
  type Scalar,
  times,
  whole,
} from '../../lang/kernel/index.ts'
import { makeInterner } from './intern.ts'
import { substitute } from './substitute.ts'

const isInnermost = (s: Reduce): boolean => {
  const seen = new Set<Scalar>()
  const hasLoop = (x: Scalar): boolean => {
    if (seen.has(x)) return false
    seen.add(x)
    return x._tag === 'Reduce' || childrenOf(x).some(hasLoop)
  }
  return !hasLoop(s.body)
}

/** `by` turns of every innermost loop in one; a short loop altogether; what is left over follows the loop. */
export const unroll = (root: Scalar, by: number): Scalar => {
  const done = new Map<Scalar, Scalar>()
  const go = (s: Scalar): Scalar => {
    const known = done.get(s)
    if (known !== undefined) return known
    const found = rebuilt(s)
    done.set(s, found)
    return found
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
      case 'Reduce':
        return isInnermost(s) ? unrolled(s) : { ...s, body: go(s.body) }
    }
  }
  const unrolled = (s: Reduce): Scalar => {
    const n = s.index.size
    const at = (k: Scalar): Scalar => substitute(s.body, new Map([[s.index, k]]))
    const join = (xs: readonly Scalar[]): Scalar => xs.reduce((a, b) => fn(s.by, a, b))
    const turns = (from: number, count: number): readonly Scalar[] =>
      Array.from({ length: count }, (_, u) => at(whole(from + u)))
    if (n <= by) return join([num(unitOf[s.by], s.dtype), ...turns(0, n)])
    const inner = index(Math.floor(n / by))
    const body = join(Array.from({ length: by }, (_, u) => at(plus(times(inner, by), whole(u)))))
    return join([{ ...s, index: inner, body }, ...turns(inner.size * by, n % by)])
  }
  return go(root)
}

export interface Jammed {
  readonly indices: readonly Index[]
  /** The elements by * i, by * i + 1, ... along the axis. */
  readonly bodies: readonly Scalar[]
}
/** The size of the axis must be a multiple of `by`. Copies share the scalars that do not move with the axis. */
export const jam = (indices: readonly Index[], body: Scalar, axis: number, by: number): Jammed => {
  const old = indices[axis] as Index
  const fresh = index(old.size / by)
  const { canonical } = makeInterner()
  const shared = new Map<Scalar, Scalar>()
  /** Equal scalars made one; loops stay as they are, but for their bodies. */
  const share = (s: Scalar): Scalar => {
    const known = shared.get(s)
    if (known !== undefined) return known
    const found =
      s._tag === 'Load'
        ? canonical({ ...s, at: s.at.map(share) })
        : s._tag === 'Call'
          ? canonical({ ...s, args: s.args.map(share) })
          : s._tag === 'Reduce'
            ? { ...s, body: share(s.body) }
            : canonical(s)
    shared.set(s, found)
    return found
  }
  const copy = (c: number): Scalar => share(substitute(body, new Map([[old, plus(times(fresh, by), whole(c))]])))
  return {
    indices: indices.map((i, d) => (d === axis ? fresh : i)),
    bodies: Array.from({ length: by }, (_, c) => copy(c)),
  }
}
