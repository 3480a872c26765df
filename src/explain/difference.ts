/**
 * What simplification changed: the equations of the source, marked as kept, new or gone, with the names that values
 * have in the source.
 */

import type { Derivation } from './derivation.ts'
import { equationsOf } from './equations.ts'
import { equals, type Formula } from './words.ts'

export interface Change {
  readonly mark: 'kept' | 'gone' | 'new'
  readonly line: Formula
  /** The value that replaces a value that is gone, if there is one. */
  readonly now?: Formula
}
/** `d`: the derivation of a simplification. */
export const changes = (d: Derivation): readonly Change[] => {
  const names: Formula[] = []
  d.places.forEach(({ name, primal }) => {
    if (primal !== undefined) names[primal] ??= name
  })
  let fresh = 0
  d.result.closed.equations.forEach((q) => {
    q.outs.forEach((_, k) => {
      names[q.first + k] ??= { text: `t${++fresh}`, latex: `t_{${fresh}}` }
    })
  })
  d.result.closed.inputs.forEach((i, k) => {
    names[k] ??= { text: i.name, latex: i.name }
  })
  const after = equationsOf(d.result.closed, names)
  const lineAt = new Map(d.result.closed.equations.map((q, k) => [q.first, after[k]]))
  const shown = new Set<number>()
  const before = d.source.closed.equations.flatMap((q, k): readonly Change[] => {
    const old = d.equations[k]
    if (old === undefined) return []
    const place = d.places[q.first]
    const now = place?.primal
    const name = now === undefined ? undefined : names[now]
    const fresh = now === undefined ? undefined : lineAt.get(now)
    if (now === undefined || name === undefined) return [{ mark: 'gone', line: equals(old) }]
    if (fresh === undefined || shown.has(now) || name !== place?.name)
      return [{ mark: 'gone', line: equals(old), now: name }]
    shown.add(now)
    return equals(old).text === equals(fresh).text
      ? [{ mark: 'kept', line: equals(old) }]
      : [
          { mark: 'gone', line: equals(old) },
          { mark: 'new', line: equals(fresh) },
        ]
  })
  const added = d.result.closed.equations.flatMap((q, k): readonly Change[] => {
    const line = after[k]
    return line === undefined || shown.has(q.first) ? [] : [{ mark: 'new', line: equals(line) }]
  })
  return [...before, ...added]
}
