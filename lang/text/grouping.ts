/** Grouping of terms by the precedence of the operators between them: a + b * c is a + (b * c). */
import { levels, swapped } from './operators.ts'
import type { Link, Term } from './syntax.ts'
import type { Token } from './token.ts'

/** A binary operator in a text. */
interface Joint {
  readonly at: number
  readonly op: string
  readonly level: number
  readonly swapped: boolean
}
/** An operator and its right operand. */
export type Step = readonly [Joint, Term]

const comparison = levels.findIndex((l) => !l.chains)
const joints: ReadonlyMap<string, Omit<Joint, 'at'>> = new Map<string, Omit<Joint, 'at'>>([
  ...levels.flatMap((l, level) => l.operators.map((o) => [o.symbol, { op: o.op, level, swapped: false }] as const)),
  ...swapped.map((o) => [o.symbol, { op: o.op, level: comparison, swapped: true }] as const),
])
export const jointOf = (t: Token): Joint | undefined => {
  const found = t._tag === 'Symbol' ? joints.get(t.text) : undefined
  return found && { ...found, at: t.at }
}

interface Part {
  readonly joint: Joint | undefined
  readonly first: Term
  readonly rest: Step[]
}
/**
 * Splits at the operators of one level, and the parts between them at tighter levels. The recursion is as deep as
 * there are levels.
 */
export const group = (first: Term, rest: readonly Step[], level = 0): Term => {
  if (rest.length === 0) return first
  const start: Part = { joint: undefined, first, rest: [] }
  const parts = [start]
  let last = start
  for (const step of rest) {
    const [joint, term] = step
    if (joint.level !== level) last.rest.push(step)
    else {
      last = { joint, first: term, rest: [] }
      parts.push(last)
    }
  }
  const links = parts.flatMap(({ joint, ...p }): readonly Link[] =>
    joint === undefined
      ? []
      : [{ at: joint.at, op: joint.op, swapped: joint.swapped, term: group(p.first, p.rest, level + 1) }],
  )
  const head = group(first, start.rest, level + 1)
  return links.length === 0 ? head : { _tag: 'Chain', first: head, rest: links }
}
