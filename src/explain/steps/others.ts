/** The step of an equation in batching, the split of a linearisation, simplification, and scheduling. */
import type { Batched, Fused, Rewritten, Scheduled, Split } from '../../../lang/tell.ts'
import { folding, lockstep } from '../../transform/simplify/index.ts'
import type { Step } from '../derivation.ts'
import { frenchLoopLaws } from '../french.ts'
import { type Ledger, remarksOf, sentenceOf, stepOf } from '../ledger.ts'
import { type Phrase, phrase } from '../messages.ts'
import { called, written } from '../symbols.ts'
import type { Formula } from '../words.ts'

/** A constant is written where it is used, and has no step. */
export const batched = (l: Ledger, { equation: q, given, made, batched: on }: Batched): readonly Step[] => {
  const inside = l.taken()
  if (l.constants.has(q.first)) {
    l.claim(made)
    return []
  }
  const any = on.includes(true)
  const [y, what, xs] = [l.outsOf(q), sentenceOf(q.op), l.movers(q, given)]
  const yields = made.map((m, k) => ({ left: l.symbolOf(q.first + k), right: called(m, l.names) }))
  made.forEach((m, k) => {
    if (l.isNamed(q.first + k)) l.name(m, l.symbolOf(q.first + k))
    l.primals[q.first + k] = l.numberOf(m)
  })
  return [
    stepOf({
      action: 'batch',
      op: q.op,
      value: q.first,
      equation: l.lineOf(q),
      rule: phrase(inside.length > 0 ? 'ruleBody' : any ? 'ruleLift' : 'ruleShared', { op: q.op }),
      yields,
      produced: l.claim(made),
      sentence: any ? phrase('batched', { y, what, xs }) : phrase('notBatched', { y, what }),
      remarks: remarksOf(inside),
      inside,
    }),
  ]
}

export const split = (l: Ledger, { equation: q, linear, made }: Split): readonly Step[] => {
  if (l.constants.has(q.first)) return []
  const equation = l.lineOf(q)
  if (linear)
    made.forEach((m, k) => {
      l.primals[q.first + k] = l.numberOf(m)
    })
  return [
    stepOf({
      action: 'split',
      op: q.op,
      value: q.first,
      equation,
      rule: phrase('ruleSplit', { linear }),
      produced: linear ? l.claim(made) : [],
      producedAtPoint: linear ? [] : l.claimAtPoint(made),
      sentence: phrase(linear ? 'inLinear' : 'atPoint', { y: equation.left }),
    }),
  ]
}

export const rewritten = (l: Ledger, { law, from, to }: Rewritten): Step => {
  const [before, after] = [written(from, l.names), called(to, l.names)]
  const about = { from: before, to: after }
  return stepOf({
    action: 'rewrite',
    op: from.node._tag === 'Apply' ? from.node.op : '',
    equation: { left: before, right: after },
    rule: phrase('ruleLaw', { law }),
    produced: l.claim([to]),
    sentence: law === folding ? phrase('folded', about) : phrase('rewritten', { law, ...about }),
    inside: l.taken(),
  })
}
/** Of a law that rewrites loops. */
export const fused = ({ law }: Fused): Step => {
  const said = { en: law, fr: frenchLoopLaws[law] ?? law }
  const after = law === lockstep ? 'one loop' : 'a smaller loop'
  return stepOf({
    action: 'rewrite',
    op: '',
    equation: {
      left: { text: 'loops', latex: '\\mathrm{loops}' },
      right: { text: after, latex: `\\mathrm{${after.replaceAll(' ', '\\ ')}}` },
    },
    rule: phrase('ruleNamed', { name: said }),
    sentence: law === lockstep ? phrase('fusedLoops', {}) : phrase('lessenedLoop', { law: said }),
  })
}

/**
 * Values of inlined bodies have no name in the source. If there are any, all values are called by their numbers in the
 * plan.
 */
export const scheduling = (l: Ledger): ((e: Scheduled) => readonly Step[]) => {
  const own = l.told.every((e) => e._tag !== 'Scheduled' || l.equationAt(e.value)?.op === e.op)
  // the steps of the plan are the stored values, in their order
  const stored = l.told.flatMap((e) =>
    e._tag === 'Scheduled' && (e.as._tag === 'Kernel' || e.as._tag === 'Form') ? [e.value] : [],
  )
  const positions = new Map(stored.sort((a, b) => a - b).map((v, k) => [v, k]))
  const of = (v: number): Formula => (own && l.isNamed(v) ? l.symbolOf(v) : { text: `%${v}`, latex: `\\%_{${v}}` })
  return ({ op, value, as }) => {
    if (own && l.constants.has(value)) return []
    const [y, what] = [of(value), sentenceOf(op)]
    const sentence = (): Phrase => {
      switch (as._tag) {
        case 'Nothing':
          return phrase('unread', { y, what })
        case 'Kernel':
          return phrase('ownKernel', { y, what })
        case 'Form':
          return phrase('form', { y, what, form: as.form })
        case 'Joined':
          return phrase('joined', { y, what, into: as.into.map(of), times: as.evaluations, size: as.size })
      }
    }
    const q = own ? l.equationAt(value) : undefined
    return [
      stepOf({
        action: 'schedule',
        op,
        value,
        equation: q === undefined ? { left: y, right: { text: op, latex: `\\mathrm{${op}}` } } : l.lineOf(q),
        rule: phrase('ruleFusion', {}),
        produced: [positions.get(value)].filter((k) => k !== undefined),
        sentence: sentence(),
      }),
    ]
  }
}
