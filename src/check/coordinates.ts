/**
 * One coordinate of one input at a time: d<w, f(x)>/dx_i from reverse mode and from forward mode against differences.
 * Every input is examined; of many coordinates, some are drawn.
 */

import type { Tensor } from '../../lang/evaluate.ts'
import { nth } from '../../lang/syntax/list.ts'
import { isReal, sizeOf } from '../../lang/syntax/shape.ts'
import { foldIn, type Key, permutation } from '../random/key.ts'
import type { Ruling } from './judge.ts'
import { type Modes, scalesAt, weighed } from './modes.ts'
import { dot, type Point } from './point.ts'
import type { Coordinates, Worst } from './report.ts'
import { type Rounding, rounding } from './rounding.ts'
import { against, indexOf, inputLeaves, nowhere, slackAmong, tries, unit } from './sample.ts'
import { showPlace } from './text.ts'

/** A point, and the data that the checks of all its coordinates share. */
interface Search {
  readonly m: Modes
  readonly x: Point
  /** The outputs' weights. */
  readonly w: Point
  /** df(x)^T w, then the same under rounding; empty where there is no reverse mode. */
  readonly pulls: readonly Point[]
  /** How far each number may sensibly move. */
  readonly scales: Point
  /** The largest scaled derivative: errors of one coordinate are measured against the size of the whole gradient. */
  readonly size: number
}
/** One number of one real input. */
interface Coordinate {
  readonly leaf: number
  readonly element: number
}
interface Examined {
  readonly ruling: Ruling
  readonly worst: Worst
  readonly mode: 'forward' | 'reverse'
  /** |analytic - numeric| over the error bar. */
  readonly excess: number
}

const searchAt = (m: Modes, x: Point, w: Point, key: Key): Search => {
  const { pull } = m
  const pulls = pull === undefined ? [] : [pull(x, w), ...tries.map((k) => pull(x, w, rounding(foldIn(k)(key))))]
  const scales = scalesAt(m, x)
  const scaled = (pulls[0] ?? []).flatMap((g, leaf) => Array.from(g, (v, k) => Math.abs(v * (scales[leaf]?.[k] ?? 1))))
  const size = scaled.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, v) : most), 0)
  return { m, x, w, pulls, scales, size }
}
/** One derivative as each mode computes it: first exactly, then with perturbed rounding. */
const claimsOf = ({ m, x, w, pulls }: Search, { leaf, element }: Coordinate, scale: number, e: Point, key: Key) => {
  const forward = [undefined, ...tries.map((k) => rounding(foldIn(k)(key)))].map((r) => dot(m.push(x, e, r), w))
  const reverse = pulls.map((p) => scale * (p[leaf]?.[element] ?? Number.NaN))
  return [...(reverse.length > 0 ? [claim('reverse', reverse)] : []), claim('forward', forward)]
}
const claim = (mode: Examined['mode'], [exact = Number.NaN, ...rounded]: readonly number[]) => ({
  mode,
  exact,
  slack: slackAmong(exact, rounded),
})
/** Undefined where the program is not finite around the point. */
const examine = (s: Search, c: Coordinate, key: Key): Examined | undefined => {
  const { m, x, w, size } = s
  const { leaf, element } = c
  const scale = s.scales[leaf]?.[element] ?? 1
  const e = unit(m.ins.filter(isReal), leaf, element, scale)
  const claims = claimsOf(s, c, scale, e, key)
  const f = weighed(m, x, e, w)
  // both modes are compared with the same function
  const repeated = (t: number, r?: Rounding): Float64Array => new Float64Array(claims.length).fill(f(t, r)[0] ?? 0)
  const [exact, slack] = [Float64Array.from(claims, (k) => k.exact), Float64Array.from(claims, (k) => k.slack)]
  const judged = against(repeated, exact, slack, foldIn(3)(key), size)
  const estimate = judged?.judgements[judged.at]?.estimate
  const claimed = judged && claims[judged.at]
  if (judged === undefined || estimate === undefined || claimed === undefined) return undefined
  const { name, shape } = nth(inputLeaves(m), leaf)
  const gap = Math.abs(claimed.exact - estimate.value)
  const bar = Math.max(estimate.error, 1e-12 * judged.scale, Number.MIN_VALUE)
  return {
    ruling: judged.ruling,
    mode: claimed.mode,
    excess: Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap / bar,
    worst: {
      leaf: name,
      index: indexOf(shape, element),
      element,
      analytic: claimed.exact / scale,
      numeric: estimate.value / scale,
      bar: estimate.error / scale,
      step: estimate.step,
    },
  }
}
/** The result for an input, from those of its coordinates that were examined. */
const summary = (name: string, of: number, found: readonly Examined[]): Coordinates & { readonly ruling: Ruling } => {
  const wrong = found.filter((o) => o.ruling === 'wrong')
  const [worst] = [...(wrong.length > 0 ? wrong : found)].sort((a, b) => b.excess - a.excess)
  return {
    leaf: name,
    checked: found.length,
    of,
    passed: wrong.length === 0,
    worst: worst?.worst ?? { ...nowhere, leaf: name },
    mode: worst?.mode ?? 'reverse',
    ruling: wrong.length > 0 ? 'wrong' : (found.find((o) => o.ruling !== 'right')?.ruling ?? 'right'),
  }
}
/** A coordinate that was examined. */
interface Ruled extends Coordinate {
  /** 'x[0, 2]' */
  readonly place: string
  readonly ruling: Ruling
}
interface CoordinatesFound {
  readonly inputs: readonly (Coordinates & { readonly ruling: Ruling })[]
  readonly each: readonly Ruled[]
}
/**
 * `many`: how many coordinates of all inputs together; at least one of each. `smooth`: without those that cross a kink.
 */
export const examineCoordinates = (
  m: Modes,
  x: Point,
  w: Point,
  many: number,
  key: Key,
  smooth = false,
): CoordinatesFound => {
  const search = searchAt(m, x, w, foldIn(0)(key))
  const leaves = inputLeaves(m)
  const share = Math.max(1, Math.floor(many / Math.max(1, leaves.length)))
  const all = leaves.map(({ name, shape }, leaf) => {
    const of = sizeOf(shape)
    const chosen = pick(of, share, search.pulls[0]?.[leaf], foldIn(leaf)(foldIn(1)(key)))
    const keyOf = (element: number): Key => foldIn(element)(foldIn(leaf)(foldIn(2)(key)))
    const found = chosen.flatMap((element) => examine(search, { leaf, element }, keyOf(element)) ?? [])
    const counted = smooth ? found.filter((o) => o.ruling !== 'kink') : found
    const each = found.map(({ ruling, worst }): Ruled => {
      return { leaf, element: worst.element, ruling, place: showPlace(worst) }
    })
    return { input: summary(name, of, counted), each }
  })
  return { inputs: all.map((o) => o.input), each: all.flatMap((o) => o.each) }
}
/** The results by input. */
export const coordinates = (...args: readonly [Modes, Point, Point, number, Key]): CoordinatesFound['inputs'] =>
  examineCoordinates(...args).inputs
/** All coordinates where they are few; else the one with the largest derivative, and others at random. */
const pick = (of: number, many: number, gradient: Tensor | undefined, key: Key): readonly number[] => {
  if (of <= many) return Array.from({ length: of }, (_, k) => k)
  const largest =
    gradient === undefined
      ? 0
      : gradient.reduce((best, v, k) => (Math.abs(v) > Math.abs(nth(gradient, best)) ? k : best), 0)
  return [...new Set([largest, ...permutation(of)(key).subarray(0, many)])].slice(0, many)
}
