/**
 * Algebra on programs. The laws of a table are applied to every node until none matches. Constants are folded, equal
 * expressions are shared, unused ones are dropped. Then the laws of loops: scans in lockstep become one, and what need not
 * repeat leaves a loop (loops/). Every law holds for every float, so results keep their bits.
 */
import { at, type Closed, closeOver, isClosed } from '../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../lang/syntax/expr.ts'
import { ofProgram } from '../../../lang/syntax/ofProgram.ts'
import type { Attrs, Plain } from '../../../lang/syntax/plain.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import { type Tell, within } from '../../../lang/tell.ts'
import { facts } from './facts.ts'
import { fuseScans } from './fuseScans.ts'
import { laws } from './laws.ts'
import { lessenLoops } from './loops/index.ts'
import { sharedSteps, shareScans } from './loops/share.ts'
import type { Rule } from './rule.ts'
import { settling, sharing } from './settle.ts'

export { fuseScans } from './fuseScans.ts'
export { folding } from './settle.ts'
/** The name of fusing two scans among the laws. */
export const lockstep = 'two scans in lockstep are one scan'
export const rules: readonly Rule[] = [...facts, ...laws]

/** Programs inside attributes are simplified too. */
const insideAttrs = (attrs: Attrs, tell: Tell | undefined): Attrs =>
  Object.values(attrs).some(isClosed)
    ? Object.fromEntries(
        Object.entries(attrs).map(([k, v]) => [k, isClosed(v) ? (inner(v, tell) as unknown as Plain) : v]),
      )
    : attrs
const inner = (body: Closed, tell: Tell | undefined): Closed =>
  within(
    tell,
    'simplify',
    body,
    (t) => simplifyTelling(body, t),
    (r) => r,
  )

/** The laws of the table and constant folding, until none applies to an expression. */
const settled = (p: Closed, tell: Tell | undefined): Closed =>
  closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs]
    const share = sharing()
    const settle = settling(rules, inputs, share, tell)
    for (const q of p.equations)
      for (const e of share(node(q.op, insideAttrs(q.attrs, tell), at(v, q.args), q.outs))) v.push(settle(e))
    tell?.({ _tag: 'Opened', program: p, values: v, given: [] })
    return at(v, p.outputs)
  })
/** simplifyClosed that reports every rewrite, and at the end the new expression of every value. */
export const simplifyTelling = (p: Closed, tell: Tell | undefined): Closed => {
  const simple = settled(p, tell)
  const fused = fuseScans(simple)
  if (fused !== simple) tell?.({ _tag: 'Fused', law: lockstep, from: simple, to: fused })
  const shared = shareScans(fused)
  if (shared !== fused) tell?.({ _tag: 'Fused', law: sharedSteps, from: fused, to: shared })
  const lessened = lessenLoops(shared, tell)
  return lessened === fused ? fused : simplifyTelling(lessened, tell)
}
export const simplifyClosed = (p: Closed): Closed => simplifyTelling(p, undefined)

/**
 * The same program in a simpler form.
 *
 * Law:     evaluate(simplify(p)) = evaluate(p), for every float
 */
export const simplify = ofProgram(
  'simplify(f: program)',
  <In, Out>(p: Program<In, Out>): Program<In, Out> => ({ ...p, closed: simplifyClosed(p.closed) }),
)
