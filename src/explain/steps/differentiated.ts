/** The step of an equation in both modes: local derivative, name of the rule, equations produced, and sentence. */
import type { Equation } from '../../../lang/syntax/closed.ts'
import type { Maybe } from '../../../lang/syntax/expr.ts'
import type { Step } from '../derivation.ts'
import { type Ledger, remarksOf, ruleOf, sentenceOf, stepOf } from '../ledger.ts'
import { localDerivatives } from '../local.ts'
import { type Phrase, phrase } from '../messages.ts'
import type { Line } from '../words.ts'

/** The result of a mode for one equation. */
interface Yield {
  readonly yields: readonly Line[]
  /** All new expressions. */
  readonly brings: readonly Maybe[]
  readonly remarks: readonly Phrase[]
}
/**
 * `moving`: the arguments whose derivative is requested. `made`: the tangents or cotangents that it computed.
 * `name` writes the equations produced and names what they define; it runs after the local derivatives, which need no
 * names.
 */
export const differentiated = (
  l: Ledger,
  action: 'push' | 'pull',
  q: Equation,
  moving: readonly boolean[],
  made: readonly Maybe[],
  name: () => Yield,
): Step => {
  const inside = l.taken()
  const nothing = made.every((m) => m === undefined)
  const local = nothing ? undefined : localDerivatives(l, q, moving, action)
  const { yields, brings, remarks } = name()
  const [y, what, xs] = [l.outsOf(q), sentenceOf(q.op), l.movers(q, moving)]
  const partial = local?.derivatives.some((d) => d.form === 'partial') ?? false
  return stepOf({
    action,
    op: q.op,
    value: q.first,
    equation: l.lineOf(q),
    rule: ruleOf(q.op, local, inside),
    local: local?.derivatives ?? [],
    yields,
    produced: l.claim(brings),
    sentence: nothing
      ? phrase(`${action}Nothing`, { y, what })
      : phrase(`${action}${partial ? 'Partials' : 'Map'}`, { y, what, xs }),
    remarks: [...remarksOf(inside), ...remarks],
    inside,
  })
}
