/**
 * Is a program linear? There are two checks. By structure, which is a proof (lang/linear.ts). By test, at random points: f(a u + b v) = a f(u) + b f(v). This proves nothing, but it also
 * accepts programs whose linearity the structure does not show.
 */

import { notLinear } from '../../lang/linear.ts'
import { type Closed, inTypes } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { foldIn, type Key, randomKey } from '../random/key.ts'
import { type Budget, type EvaluationMeter, meterOf, type Spent, within } from './budget.ts'
import { drawPoint } from './domain.ts'
import { flat } from './modes.ts'
import { direction, type Point } from './point.ts'
import { evaluateUnder, type Rounding } from './rounding.ts'
import { slackOf } from './sample.ts'

/** In which inputs linearity is checked, and from which seed. */
export interface LinearityOptions extends Budget {
  /** The inputs in which it should be linear; the others are fixed. Default: all real inputs. */
  readonly inputs?: readonly string[]
  /** The same seed, the same points. Default: 1. */
  readonly seed?: number
}
/** The results of proof and test. */
export interface Linearity {
  /** Proved from the structure of the program. */
  readonly structure: boolean
  /** Not refuted at random points. */
  readonly test: boolean
  /** The largest |f(a u + b v) - a f(u) - b f(v)| over the size of the outputs. */
  readonly error: number
  /** What the test has cost. Where its budget was spent at once, nothing was tested: `test` is false. */
  readonly spent: Spent
}
const marksOf = (p: Closed, inputs: readonly string[] | undefined): readonly boolean[] =>
  p.inputs.map((i) => isReal(i.type) && (inputs === undefined || inputs.includes(i.name)))
const place = (p: Closed, marks: readonly boolean[], rest: Point, moved: Point): Point => {
  let next = 0
  return p.inputs.map((_, i) => (marks[i] ? nth(moved, next++) : nth(rest, i)))
}
const zeros = (types: readonly Type[]): Point => types.map((t) => new Float64Array(sizeOf(t.shape)))
/** The number of random points. */
const points = 4
const [a, b] = [1.5, -0.75]
/** The gap a f(u) + b f(v) - f(a u + b v) at one point. */
interface Trial {
  readonly passed: boolean
  /** The largest gap over the size of the outputs. */
  readonly error: number
}
const trial = (p: Closed, marks: readonly boolean[], key: Key, meter: EvaluationMeter): Trial => {
  const types = inTypes(p).filter((_, i) => marks[i])
  const fixed = drawPoint(p, foldIn(0)(key), [], true, meter.traceNonFinite) ?? zeros(inTypes(p))
  const f = (moved: Point, rounding?: Rounding): Float64Array =>
    flat(evaluateUnder(p, place(p, marks, fixed, moved), rounding, (i) => marks[i] === true, meter.evaluate))
  const u = direction(foldIn(1)(key), types)
  const v = direction(foldIn(2)(key), types)
  const sum = u.map((x, i) => x.map((e, j) => a * e + b * (v[i]?.[j] ?? Number.NaN)))
  const [fu, fv, fs] = [f(u), f(v), f(sum)]
  const slack = (
    [
      [u, fu],
      [v, fv],
      [sum, fs],
    ] as const
  ).map(([x, y], i) => slackOf(y, (r) => f(x, r), foldIn(3 + i)(key)))
  const size = [...fu, ...fv, ...fs].reduce((m, y) => Math.max(m, Math.abs(y)), Number.MIN_VALUE)
  const gaps = Array.from(fs, (y, i) => Math.abs(y - a * (fu[i] ?? 0) - b * (fv[i] ?? 0)))
  const allowed = (i: number): number => 2 * slack.reduce((m, s) => m + (s[i] ?? 0), 0) + 1e-13 * size
  return {
    passed: gaps.every((gap, i) => gap <= allowed(i)),
    error: gaps.reduce((e, gap) => Math.max(e, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap / size), 0),
  }
}

/**
 * Whether a program is linear, by proof and by test.
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sin(x))
 * linearity(jvp(f), { inputs: ['dx'] })
 */
export const linearity = ofProgram(
  'linearity(f: program, options?)',
  <In, Out>(program: Program<In, Out>, options: LinearityOptions = {}): Linearity => tested(program.closed, options),
)
const tested = (p: Closed, { inputs, seed = 1, ...budget }: LinearityOptions): Linearity => {
  const marks = marksOf(p, inputs)
  const meter = meterOf(budget)
  const trials = Array.from({ length: points }, (_, k) => {
    meter.doing(`point ${k + 1} of ${points}`)
    return within(() => trial(p, marks, foldIn(k)(randomKey(seed)), meter))
  }).filter((t) => t !== undefined)
  return {
    structure: notLinear(p, marks) === undefined,
    test: trials.length > 0 && trials.every((t) => t.passed),
    error: trials.reduce((e, t) => Math.max(e, t.error), 0),
    spent: meter.spent(),
  }
}
/**
 * Whether a program is proved linear, or at least not refuted; `linearity` says which.
 *
 * Law:  structure implies test
 */
export const isLinear = ofProgram(
  'isLinear(f: program, options?)',
  <In, Out>(program: Program<In, Out>, options: LinearityOptions = {}): boolean => {
    const { structure, test } = linearity(program, options)
    return structure || test
  },
)
