/**
 * Finite differences with error bars, on a ladder of steps from wide to narrow. A central difference is a power series in
 * h^2 and a one-sided one in h, so that neighbours on the ladder extrapolate one power at a time. Every entry of the
 * tableau is a candidate: how far it may be wrong is how far it moved when it was extrapolated, and how far the rounding
 * of f moves it.
 *
 * Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng. Software 4 (1982).
 */
import { child, type Key } from '../random/key.ts'
import { type Rounding, rounding } from './rounding.ts'

/** A number and how far it may be from the truth. */
export interface Estimate {
  readonly value: number
  readonly error: number
  /** The widest step that it looked at. */
  readonly step: number
  /** The narrowest one. */
  readonly narrowest: number
}
/** The outputs at t along some line; with rounding, their last places are random. */
export type LineFunction = (t: number, rounding?: Rounding) => Float64Array

/** What f is along a line: at 0, and at h and -h for every step, widest first. */
export interface Ladder {
  readonly steps: readonly number[]
  readonly here: Float64Array
  readonly up: readonly Float64Array[]
  readonly down: readonly Float64Array[]
  /** How far rounding moves each output within a step. */
  readonly noise: readonly Float64Array[]
  /** How far it moves most outputs near 0: not as far where it carries one over a jump. */
  readonly typical: Float64Array
}

const ratio = 8
/** ratio^-from, ..., ratio^-to, times 2^-1. */
const stepsFrom = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.round(Math.log(first / last) / Math.log(ratio)) + 1 }, (_, i) => first / ratio ** i)
/** For a function that varies over its argument's own scale. */
export const usual = stepsFrom(2 ** -4, 2 ** -31)
/** For one that is stiff, or drowned in its own rounding. */
export const extended = stepsFrom(2 ** 8, 2 ** -46)
/** Fewer steps than this say nothing about their own error. */
const fewest = 4
const depth = 3
/** Tries at 0 itself. */
const stills = 10
/** Rounding is taken to be alike within this many steps, a single try can miss it. */
const nearby = ratio ** 2
/** A function that still varies within this step has its own scale below. */
const narrow = 2 ** -30
/** What is near 0. */
const close = 2 ** -12

const finite = (y: Float64Array): boolean => y.every((v) => Number.isFinite(v))
const maxWith = (a: Float64Array, b: (k: number) => number): Float64Array => a.map((v, k) => Math.max(v, b(k)))

/** Undefined where f is not finite on either side even at narrow steps. */
export const climb = (f: LineFunction, wanted: readonly number[], key: Key): Ladder | undefined => {
  const here = f(0)
  if (!finite(here)) return undefined
  const up: Float64Array[] = []
  const down: Float64Array[] = []
  // from the narrowest step, for as long as f is finite
  for (const h of [...wanted].reverse()) {
    const right = f(h)
    const left = f(-h)
    if (!finite(right) || !finite(left)) break
    up.unshift(right)
    down.unshift(left)
  }
  if (up.length < fewest) return undefined
  const steps = wanted.slice(wanted.length - up.length)
  const moved = (t: number, exact: Float64Array, k: number): ((i: number) => number) => {
    const other = f(t, rounding(child(key, k)))
    return (i) => {
      const gap = Math.abs((other[i] as number) - (exact[i] as number))
      return Number.isFinite(gap) ? gap : 0
    }
  }
  const ulp =
    (y: Float64Array): ((i: number) => number) =>
    (i) =>
      (Number.EPSILON / 2) * Math.abs(y[i] as number)
  const own = steps.map((h, i) => {
    const right = i % 2 === 0
    const y = (right ? up[i] : down[i]) as Float64Array
    return maxWith(
      y.map((_, k) => ulp(y)(k)),
      moved(right ? h : -h, y, stills + i),
    )
  })
  const still = Array.from({ length: stills }, (_, k) =>
    maxWith(
      here.map((_, i) => ulp(here)(i)),
      moved(0, here, k),
    ),
  )
  const join = (list: readonly Float64Array[]): Float64Array => list.reduce((m, n) => maxWith(m, (k) => n[k] as number))
  const noise = steps.map((h) => join([...still, ...own.filter((_, j) => (steps[j] as number) <= nearby * h)]))
  const near = [...still, ...own.filter((_, j) => (steps[j] as number) <= close)]
  const typical = here.map(
    (_, k) => near.map((n) => n[k] as number).sort((a, b) => a - b)[Math.floor(0.75 * near.length)] as number,
  )
  return { steps, here, up, down, noise, typical }
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
      const last = row[k] as number
      const before = previous[k] as number
      const value = last + (last - before) / (ratio ** (power + k * by) - 1)
      row.push(value)
      const spread = Math.max(Math.abs(value - last), Math.abs(value - before))
      found.push({
        value,
        error: spread + 1.5 * (noise[i] as number),
        step: steps[i - k - 1] as number,
        narrowest: steps[i] as number,
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
  /** All that can be seen of the function is its rounding, or it varies as much at the narrowest steps as at the widest. */
  readonly drowned: boolean
}
/** Of the k-th output. */
export const candidatesOf = (l: Ladder, k: number): Candidates => {
  const at = (ys: readonly Float64Array[], i: number): number => ys[i]?.[k] as number
  const here = l.here[k] as number
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
      value: central[i] as number,
      error: 1.5 * (noise[i] as number),
      step,
      narrowest: step,
    })),
    drowned: unsettled || (moves && l.steps.every((_, i) => change(i) <= 8 * at(l.noise, i))),
  }
}
export const sharpest = (all: readonly Estimate[]): Estimate | undefined =>
  all.reduce<Estimate | undefined>((best, e) => (best === undefined || e.error < best.error ? e : best), undefined)
