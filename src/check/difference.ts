/**
 * Finite differences with error bars, on a ladder of steps from wide to narrow. A central difference is a power series
 * in h^2 and a one-sided one in h, so neighbours on the ladder extrapolate one power at a time. Every entry of the
 * tableau is a candidate. Its error is how far the extrapolation moved it, plus how far the rounding of f moves it.
 *
 * Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng. Software 4 (1982).
 */

import { nth } from '../../lang/syntax/list.ts'
import { foldIn, type Key } from '../random/key.ts'
import { type Rounding, rounding } from './rounding.ts'

/** A number and how far it may be from the truth. */
export interface Estimate {
  readonly value: number
  readonly error: number
  /** The widest step that it uses. */
  readonly step: number
  /** The narrowest one. */
  readonly narrowest: number
}
/** The outputs at t along a line; with `rounding`, their last places are random. */
export type LineFunction = (t: number, rounding?: Rounding) => Float64Array

/** The values of f along a line: at 0, and at h and -h for every step, widest first. */
export interface Ladder {
  readonly steps: readonly number[]
  readonly here: Float64Array
  readonly up: readonly Float64Array[]
  readonly down: readonly Float64Array[]
  /** How far rounding moves each output within a step. */
  readonly noise: readonly Float64Array[]
  /** How far rounding moves an output near 0 most of the time: an unlucky rounding may carry it over a jump. */
  readonly typical: (k: number) => number
}

export const ratio = 8
/** first, first / ratio, first / ratio^2, ..., last. */
const stepsFrom = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.round(Math.log(first / last) / Math.log(ratio)) + 1 }, (_, i) => first / ratio ** i)
/** For a function that varies over its argument's own scale. */
export const usual = stepsFrom(2 ** -4, 2 ** -31)
/** For a function that is stiff, or drowned in its own rounding. */
export const extended = stepsFrom(2 ** 8, 2 ** -46)
/** With fewer steps no error can be estimated. */
const fewest = 4
export const depth = 3
/** Evaluations under rounding at 0 itself. */
const stills = 10
/** One evaluation may hide the rounding by chance: the largest value within this factor of a step is used. */
const nearby = ratio ** 2
/** A function that varies even within this step has a scale that the steps do not resolve. */
const narrow = 2 ** -30
/** Steps below this are near 0. */
const close = 2 ** -12

const finite = (y: Float64Array): boolean => y.every((v) => Number.isFinite(v))

/** The values at h and -h, from the narrowest step for as long as f is finite; widest first. */
const bothSides = (f: LineFunction, wanted: readonly number[]) => {
  const up: Float64Array[] = []
  const down: Float64Array[] = []
  for (const h of [...wanted].reverse()) {
    const right = f(h)
    const left = f(-h)
    if (!finite(right) || !finite(left)) break
    up.unshift(right)
    down.unshift(left)
  }
  return { steps: wanted.slice(wanted.length - up.length), up, down }
}
/** How far the rounding of f moves its outputs at t, once: at least by half a unit in the last place. */
const noiseAt = (f: LineFunction, t: number, exact: Float64Array, key: Key): Float64Array => {
  const other = f(t, rounding(key))
  const noise = new Float64Array(exact.length)
  for (let i = 0; i < noise.length; i++) {
    const y = exact[i] as number
    const gap = Math.abs((other[i] as number) - y)
    noise[i] = Math.max((Number.EPSILON / 2) * Math.abs(y), Number.isFinite(gap) ? gap : 0)
  }
  return noise
}
const larger = (a: Float64Array, b: Float64Array): Float64Array => {
  const most = a.slice()
  for (let k = 0; k < most.length; k++) most[k] = Math.max(a[k] as number, b[k] as number)
  return most
}
/** For each step: the largest noise at 0, and at the steps near it or below. */
const noiseWithin = (steps: readonly number[], own: readonly Float64Array[], still: Float64Array) => {
  const found: Float64Array[] = []
  let [most, next] = [still, steps.length - 1]
  for (const h of [...steps].reverse()) {
    for (; next >= 0 && nth(steps, next) <= nearby * h; next--) most = larger(most, nth(own, next))
    found.unshift(most)
  }
  return found
}
const upperQuartile = (numbers: readonly number[]): number =>
  nth(
    [...numbers].sort((a, b) => a - b),
    Math.floor(0.75 * numbers.length),
  )

/** Undefined where f is not finite on either side even at narrow steps. */
export const climb = (f: LineFunction, wanted: readonly number[], key: Key): Ladder | undefined => {
  const here = f(0)
  if (!finite(here)) return undefined
  const { steps, up, down } = bothSides(f, wanted)
  if (up.length < fewest) return undefined
  // at the steps, on alternating sides
  const own = steps.map((h, i) => {
    const right = i % 2 === 0
    return noiseAt(f, right ? h : -h, nth(right ? up : down, i), foldIn(stills + i)(key))
  })
  const still = Array.from({ length: stills }, (_, k) => noiseAt(f, 0, here, foldIn(k)(key)))
  const near = [...still, ...own.filter((_, j) => nth(steps, j) <= close)]
  return {
    steps,
    here,
    up,
    down,
    noise: noiseWithin(steps, own, still.reduce(larger)),
    typical: (k) => upperQuartile(near.map((n) => nth(n, k))),
  }
}

/** All entries of the tableau. `power`: the first power of h in the error, `by`: what separates it from the next. */
const candidates = (
  quotients: readonly number[],
  noise: readonly number[],
  steps: readonly number[],
  power: number,
  by: number,
): readonly Estimate[] => {
  const found: Estimate[] = []
  let previous: readonly number[] = []
  quotients.forEach((q, i) => {
    const row = [q]
    for (let k = 0; k < Math.min(i, depth); k++) {
      const last = nth(row, k)
      const before = nth(previous, k)
      const value = last + (last - before) / (ratio ** (power + k * by) - 1)
      row.push(value)
      const spread = Math.max(Math.abs(value - last), Math.abs(value - before))
      found.push({
        value,
        error: spread + 1.5 * nth(noise, i),
        step: nth(steps, i - k - 1),
        narrowest: nth(steps, i),
      })
    }
    previous = row
  })
  return found
}
export interface Candidates {
  readonly central: readonly Estimate[]
  readonly right: readonly Estimate[]
  readonly left: readonly Estimate[]
  /** The central quotients themselves; their errors are those of rounding. */
  readonly quotients: readonly Estimate[]
  /** The differences show only rounding, or the function varies as much at the narrowest steps as at the widest. */
  readonly drowned: boolean
}
/** Of the k-th output. */
export const candidatesOf = (l: Ladder, k: number): Candidates => {
  const at = (ys: readonly Float64Array[], i: number): number => nth(nth(ys, i), k)
  const here = nth(l.here, k)
  const noise = l.steps.map((h, i) => at(l.noise, i) / h)
  const twice = noise.map((n) => 2 * n)
  const central = l.steps.map((h, i) => (at(l.up, i) - at(l.down, i)) / (2 * h))
  const change = (i: number): number => Math.max(Math.abs(at(l.up, i) - here), Math.abs(at(l.down, i) - here))
  const moves = l.steps.some((_, i) => change(i) > 8 * Number.EPSILON * Math.abs(here))
  const range = l.steps.reduce((m, _, i) => Math.max(m, change(i)), 0)
  const unsettled = l.steps.some((h, i) => h <= narrow && change(i) >= range / 100 && change(i) > 8 * at(l.noise, i))
  return {
    central: candidates(central, noise, l.steps, 2, 2),
    right: candidates(
      l.steps.map((h, i) => (at(l.up, i) - here) / h),
      twice,
      l.steps,
      1,
      1,
    ),
    left: candidates(
      l.steps.map((h, i) => (here - at(l.down, i)) / h),
      twice,
      l.steps,
      1,
      1,
    ),
    quotients: l.steps.map((step, i) => ({
      value: nth(central, i),
      error: 1.5 * nth(noise, i),
      step,
      narrowest: step,
    })),
    drowned: unsettled || (moves && l.steps.every((_, i) => change(i) <= 8 * at(l.noise, i))),
  }
}
export const sharpest = (all: readonly Estimate[]): Estimate | undefined =>
  all.reduce<Estimate | undefined>((best, e) => (best === undefined || e.error < best.error ? e : best), undefined)
