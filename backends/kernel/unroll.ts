/**
 * More work per turn, on KernelIR itself. Unrolling writes several turns of an innermost loop in one; jamming computes
 * several neighbours along an axis of the output together, so that what they share is read once.
 */

import { unitOf } from '../../lang/kernel/functions.ts'
import { fn, type Index, index, num, plus, type Reduce, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import { makeInterner } from './intern.ts'
import { hasLoop, rewriter } from './scalars.ts'
import { substitute } from './substitute.ts'

/** `by` turns of every innermost loop in one; a short loop altogether; what is left over follows the loop. */
export const unroll = (root: Scalar, by: number): Scalar =>
  rewriter((s) => (s._tag === 'Reduce' && !hasLoop(s.body) ? turned(s, by) : undefined))(root)

/** A loop written out from end to end. */
export const writtenOut = (s: Reduce): Scalar => turned(s, s.index.size)
const turned = (s: Reduce, by: number): Scalar => {
  const n = s.index.size
  const at = (k: Scalar): Scalar => substitute(s.body, new Map([[s.index, k]]))
  const join = (xs: readonly Scalar[]): Scalar => xs.reduce((a, b) => fn(s.by, a, b))
  const turns = (from: number, count: number): readonly Scalar[] =>
    Array.from({ length: count }, (_, u) => at(whole(from + u)))
  // a sum of reals begins with 0, for 0 + x is not x where x is -0
  const start = n === 0 || (s.by === 'add' && s.dtype === 'real') ? [num(unitOf[s.by], s.dtype)] : []
  if (n <= by) return join([...start, ...turns(0, n)])
  const inner = index(Math.floor(n / by))
  const body = join(Array.from({ length: by }, (_, u) => at(plus(times(inner, by), whole(u)))))
  return join([{ ...s, index: inner, body }, ...turns(inner.size * by, n % by)])
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
  /** Equal scalars made one; loops stay as they are, but for their bodies. */
  const share = rewriter((s, go) =>
    s._tag === 'Load'
      ? canonical({ ...s, at: s.at.map(go) })
      : s._tag === 'Call'
        ? canonical({ ...s, args: s.args.map(go) })
        : s._tag === 'Reduce'
          ? undefined
          : canonical(s),
  )
  const copy = (c: number): Scalar => share(substitute(body, new Map([[old, plus(times(fresh, by), whole(c))]])))
  return {
    indices: indices.map((i, d) => (d === axis ? fresh : i)),
    bodies: Array.from({ length: by }, (_, c) => copy(c)),
  }
}
