/** What a transformation told, as a derivation: each event with its names, its local derivative, its rule, its sentence. */
import { type Closed, type Equation, inTypes, outTypes } from '../../lang/closed.ts'
import type { Expr, Maybe } from '../../lang/expr.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import type { Batched, Inside, Pulled, Pushed, Rewritten, Scheduled, Split, Told } from '../../lang/tell.ts'
import { folding } from '../simplify/index.ts'
import type { AnyProgram, Derivation, Kind, Place, Step } from './derivation.ts'
import { equationsOf, namesOf } from './equations.ts'
import { type Local, localDerivatives } from './local.ts'
import { type Phrase, phrase } from './messages.ts'
import { numbering } from './numbering.ts'
import { type Claims, claims } from './produced.ts'
import { bar, called, dot, share, tuple, written } from './symbols.ts'
import type { Done } from './transformation.ts'
import type { Formula, Line } from './words.ts'

const asProgram = (closed: Closed): AnyProgram => ({ in: inTypes(closed), out: outTypes(closed), closed })

const aligned = (lines: readonly Line[]): string =>
  `\\begin{aligned}\n${lines.map((l) => `  ${l.left.latex} &= ${l.right.latex}`).join(' \\\\\n')}\n\\end{aligned}`

/** What is the same in every step. */
const finished = (s: Omit<Step, 'latex'>): Step => ({
  ...s,
  latex: aligned([s.equation, ...s.local.map((d) => d.line), ...s.yields]),
})
const words = (op: string) => entryOf(op).sentence
const remarksOf = (inside: readonly Derivation[]): readonly Phrase[] =>
  inside.length === 0 ? [] : [phrase('bodies', { count: inside.length })]

export const derive = (
  kind: Kind,
  source: AnyProgram,
  { result, point, plan }: Done,
  told: readonly Told[],
): Derivation => {
  const p = source.closed
  const opened = told.find((e) => e._tag === 'Opened')
  const values: readonly Expr[] = opened?.values ?? []
  const numbers = numbering(result.closed)
  const numberOf = (e: Maybe): number | undefined => (e === undefined ? undefined : numbers(e))
  const claimed: Claims = claims(result.closed)
  const symbols = namesOf(p)
  const symbolOf = (value: number): Formula => symbols[value] as Formula
  const equations = equationsOf(p, symbols)
  const equationIndex = new Map(p.equations.map((q, k) => [q.first, k]))
  const lineOf = (q: Equation): Line =>
    equations[equationIndex.get(q.first) as number] ?? { left: symbolOf(q.first), right: symbolOf(q.first) }

  const names = new Map<Expr, Formula>()
  const isNamed = (k: number): boolean => symbolOf(k).text !== '_'
  const name = (e: Maybe, symbol: Formula): void => {
    if (e !== undefined && !names.has(e)) names.set(e, symbol)
  }
  const constants = new Set(p.equations.filter((_, k) => equations[k] === undefined).map((q) => q.first))
  values.forEach((e, k) => {
    if (isNamed(k) && !constants.has(k)) name(e, symbolOf(k))
  })
  if (kind !== 'simplify' && kind !== 'batch') claimed.claim(values.map(numberOf))
  const tangents: Maybe[] = []
  const cotangents: Maybe[] = []

  let inside: Derivation[] = []
  const nested = (e: Inside): Derivation => derive(kind, asProgram(e.from), { result: asProgram(e.to) }, e.told)
  const taken = (): readonly Derivation[] => {
    const found = inside
    inside = []
    return found
  }
  const rule = (q: Equation, local: Local | undefined, nothing: boolean, bodies: readonly Derivation[]): Phrase => {
    const { rule: school } = words(q.op)
    if (nothing) return phrase('ruleNone', { op: q.op })
    if (bodies.length > 0) return phrase('ruleBody', { op: q.op })
    if (school !== undefined) return phrase('ruleNamed', { name: school })
    return local?.linear === true ? phrase('ruleLinear', { op: q.op }) : phrase('ruleChain', { op: q.op })
  }
  /** A line for an expression that a step made: what it already is called, or how it is computed. */
  const line = (left: Formula, e: Expr, calls: (e: Expr) => Formula | undefined): Line => ({
    left,
    right: called(e, calls),
  })

  // -- forward -------------------------------------------------------------------------------------------------------

  const pushed = ({ equation: q, given, made }: Pushed): Step => {
    const bodies = taken()
    const nothing = made.every((m) => m === undefined)
    const y = tuple(q.outs.map((_, k) => symbolOf(q.first + k)))
    const what = words(q.op)
    q.outs.forEach((_, k) => {
      tangents[q.first + k] = made[k]
    })
    // a tangent that is another's own stands here under the name of what it is the tangent of
    const local = nothing
      ? undefined
      : localDerivatives(
          q,
          values,
          given.map((t) => t !== undefined),
          false,
          symbolOf,
          (e) => names.get(e),
          numberOf,
        )
    const calls = overriding(
      names,
      q.args.map((a, i) => [given[i], dot(symbolOf(a))] as const),
    )
    const yields = made.flatMap((m, k) => (m === undefined ? [] : [line(dot(symbolOf(q.first + k)), m, calls)]))
    made.forEach((m, k) => {
      if (isNamed(q.first + k)) name(m, dot(symbolOf(q.first + k)))
    })
    const xs = movers(
      q,
      given.map((t) => t !== undefined),
      symbolOf,
    )
    const partials = local?.derivatives.some((d) => d.form === 'partial') ?? false
    return finished({
      action: 'push',
      op: q.op,
      value: q.first,
      equation: lineOf(q),
      rule: rule(q, local, nothing, bodies),
      local: local?.derivatives ?? [],
      yields,
      produced: claimed.claim(made.map(numberOf)),
      sentence: nothing
        ? phrase('pushNothing', { y, what })
        : partials
          ? phrase('pushPartials', { y, what, xs })
          : phrase('pushMap', { y, what, xs }),
      remarks: remarksOf(bodies),
      inside: bodies,
    })
  }

  // -- reverse -------------------------------------------------------------------------------------------------------

  /** How many shares the cotangent of every value has, and how many are told so far. */
  const shares = new Map<number, number>()
  const soFar = new Map<number, number>()
  const outputs = p.outputs.map((o, i) => [o, opened?.given[i]] as const)
  for (const [o, ct] of outputs) if (ct !== undefined) shares.set(o, (shares.get(o) ?? 0) + 1)
  for (const e of told)
    if (e._tag === 'Pulled')
      e.equation.args.forEach((a, i) => {
        if (e.made[i] !== undefined) shares.set(a, (shares.get(a) ?? 0) + 1)
      })
  const shareName = (a: number): Formula => {
    const k = (soFar.get(a) ?? 0) + 1
    soFar.set(a, k)
    return (shares.get(a) ?? 1) === 1 ? bar(symbolOf(a)) : share(symbolOf(a), k)
  }
  if (told.some((e) => e._tag === 'Pulled'))
    for (const [o, ct] of outputs)
      if (ct !== undefined) {
        name(ct, shareName(o))
        cotangents[o] = ct
      }

  const pulled = ({ equation: q, given, made, sums }: Pulled): Step => {
    const bodies = taken()
    const nothing = made.every((m) => m === undefined)
    const y = tuple(q.outs.map((_, k) => symbolOf(q.first + k)))
    const what = words(q.op)
    const moving = made.map((m) => m !== undefined)
    const local = nothing
      ? undefined
      : localDerivatives(q, values, moving, true, symbolOf, (e) => names.get(e), numberOf)
    given.forEach((ct, k) => {
      cotangents[q.first + k] = ct
    })
    const own = given.map((ct, k) => [ct, bar(symbolOf(q.first + k))] as const)
    const calls = overriding(names, own)
    const remarks: Phrase[] = [...remarksOf(bodies)]
    const yields: Line[] = []
    made.forEach((m, i) => {
      const a = q.args[i] as number
      if (m === undefined) return
      const left = shareName(a)
      yields.push(line(left, m, calls))
      name(m, left)
      const total = shares.get(a) ?? 1
      if (total === 1 || soFar.get(a) !== total) return
      const sum = sums[i] as Expr
      const parts = Array.from({ length: total }, (_, k) => share(symbolOf(a), k + 1))
      yields.push({
        left: bar(symbolOf(a)),
        right: { text: parts.map((s) => s.text).join(' + '), latex: parts.map((s) => s.latex).join(' + ') },
      })
      name(sum, bar(symbolOf(a)))
      remarks.push(phrase('sumOfShares', { x: symbolOf(a), uses: total }))
    })
    q.args.forEach((a, i) => {
      if (sums[i] !== undefined) cotangents[a] = sums[i]
    })
    const partials = local?.derivatives.some((d) => d.form === 'partial') ?? false
    const xs = movers(q, moving, symbolOf)
    return finished({
      action: 'pull',
      op: q.op,
      value: q.first,
      equation: lineOf(q),
      rule: rule(q, local, nothing, bodies),
      local: local?.derivatives ?? [],
      yields,
      produced: claimed.claim([...made, ...sums].map(numberOf)),
      sentence: nothing
        ? phrase('pullNothing', { y, what })
        : partials
          ? phrase('pullPartials', { y, what, xs })
          : phrase('pullMap', { y, what, xs }),
      remarks,
      inside: bodies,
    })
  }

  // -- the others ----------------------------------------------------------------------------------------------------

  const batched = ({ equation: q, given, made, batched: on }: Batched): Step | undefined => {
    const bodies = taken()
    if (constants.has(q.first)) {
      // a constant stays where it is used
      claimed.claim(made.map(numberOf))
      return undefined
    }
    const y = tuple(q.outs.map((_, k) => symbolOf(q.first + k)))
    const what = words(q.op)
    const yields = made.map((m, k) => line(symbolOf(q.first + k), m, (e) => names.get(e)))
    made.forEach((m, k) => {
      if (isNamed(q.first + k)) name(m, symbolOf(q.first + k))
      places[q.first + k] = numberOf(m)
    })
    const any = on.some(Boolean)
    return finished({
      action: 'batch',
      op: q.op,
      value: q.first,
      equation: lineOf(q),
      rule:
        bodies.length > 0 ? phrase('ruleBody', { op: q.op }) : phrase(any ? 'ruleLift' : 'ruleShared', { op: q.op }),
      local: [],
      yields,
      produced: claimed.claim(made.map(numberOf)),
      sentence: any
        ? phrase('batched', { y, what, xs: movers(q, given, symbolOf) })
        : phrase('notBatched', { y, what }),
      remarks: remarksOf(bodies),
      inside: bodies,
    })
  }
  const rewritten = ({ law, from, to }: Rewritten): Step => {
    const before = written(from, (e) => names.get(e))
    const after = called(to, (e) => names.get(e))
    return finished({
      action: 'rewrite',
      op: from.node._tag === 'Apply' ? from.node.op : '',
      equation: { left: before, right: after },
      rule: phrase('ruleLaw', { law }),
      local: [],
      yields: [],
      produced: claimed.claim([numberOf(to)]),
      sentence:
        law === folding
          ? phrase('folded', { from: before, to: after })
          : phrase('rewritten', { law, from: before, to: after }),
      remarks: [],
      inside: taken(),
    })
  }
  const split = ({ equation: q, linear }: Split): Step | undefined => {
    const at = equationIndex.get(q.first)
    const shown = at === undefined ? undefined : equations[at]
    return shown === undefined
      ? undefined
      : finished({
          action: 'split',
          op: q.op,
          value: q.first,
          equation: shown,
          rule: phrase('ruleSplit', {}),
          local: [],
          yields: [],
          produced: [],
          sentence: phrase(linear ? 'inLinear' : 'atPoint', { y: shown.left }),
          remarks: [],
          inside: [],
        })
  }
  // values of bodies in line have no name in the source: then all stand under their numbers in the plan
  const own = told.every((e) => e._tag !== 'Scheduled' || e.value < symbols.length)
  const scheduled = ({ op, value, as }: Scheduled): Step | undefined => {
    const of = (v: number): Formula => (own && isNamed(v) ? symbolOf(v) : { text: `%${v}`, latex: `\\%_{${v}}` })
    if (own && constants.has(value)) return undefined
    const y = of(value)
    const what = words(op)
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
    const q = own ? p.equations[equationIndex.get(value) ?? -1] : undefined
    return finished({
      action: 'schedule',
      op,
      value,
      equation: q === undefined ? { left: y, right: { text: op, latex: `\\mathrm{${op}}` } } : lineOf(q),
      rule: phrase('ruleFusion', {}),
      local: [],
      yields: [],
      produced: [],
      sentence: sentence(),
      remarks: [],
      inside: [],
    })
  }

  const places: (number | undefined)[] = values.map(numberOf)
  if (kind === 'forward' || kind === 'linearize')
    opened?.given.forEach((t, k) => {
      tangents[k] = t
      name(t, dot(symbolOf(k)))
    })
  const stepsOf = (e: Told): readonly Step[] => {
    switch (e._tag) {
      case 'Opened':
        return []
      case 'Inside':
        inside.push(nested(e))
        return []
      case 'Pushed':
        return constants.has(e.equation.first) ? [] : [pushed(e)]
      case 'Pulled':
        return [pulled(e)]
      case 'Batched':
        return present(batched(e))
      case 'Rewritten':
        return [rewritten(e)]
      case 'Split':
        return present(split(e))
      case 'Scheduled':
        return present(scheduled(e))
      case 'Fused':
        return [
          finished({
            action: 'rewrite',
            op: '',
            equation: {
              left: { text: 'loops', latex: '\\mathrm{loops}' },
              right: { text: 'one loop', latex: '\\mathrm{one\\ loop}' },
            },
            rule: phrase('ruleLaw', { law: e.law }),
            local: [],
            yields: [],
            produced: [],
            sentence: phrase('fusedLoops', {}),
            remarks: [],
            inside: [],
          }),
        ]
    }
  }
  const steps = told.flatMap(stepsOf)
  return {
    kind,
    source,
    equations,
    steps,
    places: symbols.map((symbol, k) => ({
      name: symbol,
      ...optional('primal', places[k]),
      ...optional('tangent', numberOf(tangents[k])),
      ...optional('cotangent', numberOf(cotangents[k])),
    })),
    result,
    ...(point === undefined ? {} : { point }),
    ...(plan === undefined ? {} : { plan }),
  }
}

const optional = <K extends keyof Place>(key: K, value: Place[K] | undefined): Partial<Place> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Place>)
const present = <T>(x: T | undefined): readonly T[] => (x === undefined ? [] : [x])
/** The arguments that move, each once. */
const movers = (q: Equation, moving: readonly boolean[], symbolOf: (k: number) => Formula): readonly Formula[] =>
  [...new Set(q.args.filter((_, i) => moving[i]))].map(symbolOf)
/** Names, with some expressions called otherwise here. */
const overriding =
  (names: ReadonlyMap<Expr, Formula>, own: readonly (readonly [Maybe, Formula])[]) =>
  (e: Expr): Formula | undefined =>
    own.find(([x]) => x === e)?.[1] ?? names.get(e)
