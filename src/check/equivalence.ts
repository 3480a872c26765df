/** Do two programs mean the same? They are compared at random points, up to rounding. */

import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import { counted } from '../../lang/syntax/error.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { sameTypes, showType, type Type } from '../../lang/syntax/shape.ts'
import { foldIn, type Key, randomKey } from '../random/key.ts'
import { type Budget, type EvaluationMeter, meterOf, type Spent, within } from './budget.ts'
import { drawPoint, type Interval } from './domain.ts'
import { flat } from './modes.ts'
import type { Point } from './point.ts'
import { evaluateUnder } from './rounding.ts'
import { locate, outputLeaves, slackOf } from './sample.ts'
import { spentLine } from './text.ts'

/** How `equivalence` draws its points. */
export interface EquivalenceOptions extends Budget {
  /** The same seed, the same points. Default: 1. */
  readonly seed?: number
  /** How many points. Default: 8. */
  readonly samples?: number
  /** Where real inputs are drawn from. Default: the ranges of the operations that read them. */
  readonly range?: Interval
}
/** Whether they are the same; else the first difference. `spent`: the budget, where it ended the comparison. */
export type Equivalence =
  | { readonly _tag: 'Equivalent'; readonly samples: number; readonly spent?: Spent }
  | {
      readonly _tag: 'OtherTypes'
      readonly what: 'inputs' | 'outputs'
      readonly left: readonly Type[]
      readonly right: readonly Type[]
    }
  | {
      readonly _tag: 'OtherValue'
      readonly leaf: string
      readonly index: readonly number[]
      readonly left: number
      readonly right: number
      readonly point: Point
    }
  /** No point was found where the first program is finite. */
  | { readonly _tag: 'NotTried'; readonly spent?: Spent }

interface Values {
  readonly y: Float64Array
  /** How far rounding moves each of them. */
  readonly slack: Float64Array
}
const valuesOf = (p: Closed, x: Point, key: Key, { evaluate }: EvaluationMeter): Values => {
  const y = flat(evaluate(p, x))
  return { y, slack: slackOf(y, (r) => flat(evaluateUnder(p, x, r, undefined, evaluate)), key) }
}
/** The first number in which they differ by more than rounding; -1 where there is none. */
const firstDifference = (a: Values, b: Values): number => {
  const size = a.y.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0)
  return a.y.findIndex((v, i) => {
    const w = b.y[i] ?? Number.NaN
    const allowed = (a.slack[i] ?? 0) + (b.slack[i] ?? 0) + 1e-13 * size
    return !Object.is(v, w) && v !== w && !(Math.abs(v - w) <= allowed)
  })
}
const otherTypes = (p: Closed, q: Closed): Equivalence | undefined => {
  const sides = [
    { what: 'inputs', left: inTypes(p), right: inTypes(q) },
    { what: 'outputs', left: outTypes(p), right: outTypes(q) },
  ] as const
  const other = sides.find(({ left, right }) => !sameTypes(left, right))
  return other && { _tag: 'OtherTypes', ...other }
}

/**
 * Whether two programs give the same outputs for the same inputs, up to rounding, at random points.
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(neg(neg(x))))
 * equivalence(f, simplify(f))._tag // => 'Equivalent'
 */
export const equivalence = ofProgram(
  'equivalence(left: program, right: program, options?)',
  <In, Out>(left: Program<In, Out>, right: Program<In, Out>, options: EquivalenceOptions = {}): Equivalence =>
    compared(left.closed, right.closed, options),
)
const compared = (p: Closed, q: Closed, options: EquivalenceOptions): Equivalence => {
  const { seed = 1, samples = 8, range } = options
  const meter = meterOf(options)
  const other = otherTypes(p, q)
  if (other !== undefined) return other
  const ranges = p.inputs.map(() => range)
  let tried = 0
  for (let k = 0; k < samples; k++) {
    const key = foldIn(k)(randomKey(seed))
    meter.doing(`point ${k + 1} of ${samples}`)
    const x = within(() => drawPoint(p, foldIn(0)(key), ranges, k % 2 === 0, meter.traceNonFinite))
    const both =
      x && within(() => [valuesOf(p, x, foldIn(1)(key), meter), valuesOf(q, x, foldIn(2)(key), meter)] as const)
    if (x === undefined || both === undefined) continue
    tried++
    const [a, b] = both
    const bad = firstDifference(a, b)
    if (bad >= 0) {
      const { leaf, index } = locate(outputLeaves(outTypes(p)), bad)
      return { _tag: 'OtherValue', leaf, index, left: a.y[bad] ?? Number.NaN, right: b.y[bad] ?? Number.NaN, point: x }
    }
  }
  const spent = meter.spent()
  const ended = spent.exhausted ? { spent } : {}
  return tried === 0 ? { _tag: 'NotTried', ...ended } : { _tag: 'Equivalent', samples: tried, ...ended }
}
const ending = (spent: Spent | undefined): string => (spent === undefined ? '' : `; ${spentLine(spent)}`)
/** The result in one line. */
export const showEquivalence = (e: Equivalence): string => {
  switch (e._tag) {
    case 'Equivalent':
      return `the same at ${counted(e.samples, 'point')}${ending(e.spent)}`
    case 'OtherTypes':
      return `other ${e.what}: ${e.left.map(showType).join(', ')} and ${e.right.map(showType).join(', ')}`
    case 'OtherValue':
      return `${e.leaf}[${e.index.join(', ')}] is ${e.left} and ${e.right} at ${e.point.map((x) => `[${[...x].join(', ')}]`).join(', ')}`
    case 'NotTried':
      return e.spent ? `nothing was compared${ending(e.spent)}` : 'no point was found where the program is finite'
  }
}
