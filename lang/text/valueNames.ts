/** The names of values, in texts, in LaTeX and wherever an equation is shown. */

import { constantEntry } from '../primitives/constant.ts'
import { type Closed, typesOf } from '../syntax/closed.ts'
import { freshNames } from './names.ts'

/** How often each value is used. */
export const usesOf = (p: Closed): readonly number[] => {
  const uses = typesOf(p).map(() => 0)
  const use = (k: number): void => {
    uses[k] = (uses[k] ?? 0) + 1
  }
  for (const q of p.equations) q.args.forEach(use)
  p.outputs.forEach(use)
  return uses
}
/** Names for values, given in the order in which they are asked for; _ for a value that nothing uses. */
export const naming = (p: Closed, uses: readonly number[]): ((value: number) => string) => {
  const fresh = freshNames(new Set(p.inputs.map((i) => i.name)))
  return (k) => (uses[k] === 0 ? '_' : fresh())
}
/** The name of every value, as `print` has them; undefined for a constant, which is written where it is used. */
export const valueNames = (p: Closed): readonly (string | undefined)[] => {
  const name = naming(p, usesOf(p))
  const names: (string | undefined)[] = p.inputs.map((i) => i.name)
  for (const q of p.equations)
    for (const k of q.outs.keys()) names.push(q.op === constantEntry.name ? undefined : name(q.first + k))
  return names
}
