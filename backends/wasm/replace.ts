/** A scalar with some of its parts exchanged. */
import type { Scalar } from '../../lang/kernel/index.ts'

export const replaced = (root: Scalar, by: ReadonlyMap<Scalar, Scalar>): Scalar => {
  const done = new Map<Scalar, Scalar>(by)
  const go = (s: Scalar): Scalar => {
    const known = done.get(s)
    if (known !== undefined) return known
    const made: Scalar =
      s._tag === 'Call'
        ? { ...s, args: s.args.map(go) }
        : s._tag === 'Load'
          ? { ...s, at: s.at.map(go) }
          : s._tag === 'Reduce'
            ? { ...s, body: go(s.body) }
            : s
    done.set(s, made)
    return made
  }
  return go(root)
}
