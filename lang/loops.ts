/** The while loops of a program: what it computes with decides whether they end. */
import { buffers, type While } from './kernel/meaning.ts'
import { entryOf } from './primitives/index.ts'
import { at, type Closed, type Equation, isClosed, typesOf } from './syntax/closed.ts'
import type { Type } from './syntax/shape.ts'

const known = new WeakMap<Closed, readonly While[]>()
/** The loop that an equation is, if it is one, and those of the bodies in it. `types`: those of the program's values. */
export const loopsOf = ({ op, attrs, args, outs }: Equation, types: readonly Type[]): readonly While[] => {
  const m = entryOf(op).meaning(attrs, buffers(at(types, args)), outs)
  const inside = Object.values(attrs).flatMap((a) => (isClosed(a) ? whileLoops(a) : []))
  return m._tag === 'While' ? [m, ...inside] : inside
}
/** Those of a program and of the bodies in it. */
export const whileLoops = (p: Closed): readonly While[] => {
  const types = typesOf(p)
  const found = known.get(p) ?? p.equations.flatMap((q) => loopsOf(q, types))
  known.set(p, found)
  return found
}
