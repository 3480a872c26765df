/** Turns the events of a transformation into a derivation: each gets names, a local derivative, a rule, a sentence. */
import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import type { Told } from '../../lang/tell.ts'
import type { Derivation, Kind, Place, Step } from './derivation.ts'
import { ledgerOf } from './ledger.ts'
import { batched, fused, rewritten, scheduling, split } from './steps/others.ts'
import { pulling } from './steps/pull.ts'
import { pushed, startPush } from './steps/push.ts'
import type { Done } from './transformation.ts'

const asProgram = (closed: Closed): UntypedProgram => ({ in: inTypes(closed), out: outTypes(closed), closed })
const optional = <K extends keyof Place>(key: K, value: Place[K] | undefined): Partial<Place> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Place>)

export const derive = (kind: Kind, source: UntypedProgram, done: Done, told: readonly Told[]): Derivation => {
  const { result, point, plan } = done
  const l = ledgerOf(source, done, told)
  l.values.forEach((e, k) => {
    if (l.isNamed(k) && !l.constants.has(k)) l.name(e, l.symbolOf(k))
    l.primals[k] = l.numberOf(e)
  })
  // differentiation adds to the program; batching and simplification build a new one
  if (kind !== 'simplify' && kind !== 'batch') l.claim(l.values)
  if (kind === 'forward') startPush(l)
  const reverse = kind === 'reverse' || kind === 'gradient' || kind === 'transpose'
  const pulled = reverse ? pulling(l) : undefined
  const scheduled = scheduling(l)
  const stepsOf = (e: Told): readonly Step[] => {
    switch (e._tag) {
      case 'Opened':
        return []
      case 'Inside':
        l.wait(derive(e.as, asProgram(e.from), { result: asProgram(e.to) }, e.told))
        return []
      case 'Pushed':
        return l.constants.has(e.equation.first) ? [] : [pushed(l, e)]
      case 'Pulled':
        return pulled === undefined ? [] : [pulled(e)]
      case 'Batched':
        return batched(l, e)
      case 'Rewritten':
        return [rewritten(l, e)]
      case 'Fused':
        return [fused(e)]
      case 'Split':
        return split(l, e)
      case 'Scheduled':
        return scheduled(e)
    }
  }
  const steps = told.flatMap((e) => stepsOf(e))
  return {
    kind,
    source,
    equations: l.equations,
    steps,
    places: l.symbols.map((name, k) => ({
      name,
      ...optional('primal', l.primals[k]),
      ...optional('tangent', l.numberOf(l.tangents[k])),
      ...optional('cotangent', l.numberOf(l.cotangents[k])),
    })),
    result,
    ...(point === undefined ? {} : { point }),
    ...(plan === undefined ? {} : { plan }),
  }
}
