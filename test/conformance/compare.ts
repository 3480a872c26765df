/** Actual against expected: element by element in float64, group by group in float32, summaries where results are large. */
import { type Summary, sizeOf, type TensorSpec } from './format.ts'

/** What a comparison says; `error` is relative to the largest expected magnitude. */
export interface Outcome {
  readonly passed: boolean
  readonly error: number
  readonly found?: string
}
export interface Tolerance {
  readonly rtol: number
  readonly atol: number
}
const show = (v: number): string => v.toPrecision(10)

/** The expected numbers of a tensor and the actual ones beside them: all of them, or those that its summary keeps. */
const sampled = (
  actual: Float64Array,
  t: TensorSpec,
): { readonly actual: readonly number[]; readonly expected: readonly number[] } => {
  if (t.summary === undefined) return { actual: [...actual], expected: t.data ?? [] }
  const n = sizeOf(t),
    spread = Array.from({ length: 16 }, (_, k) => Math.floor((k * (n - 1)) / 15))
  return {
    actual: [...actual.slice(0, 16), ...spread.map((i) => actual[i] as number)],
    expected: [...t.summary.first16, ...t.summary.spread16],
  }
}
const totals = (actual: Float64Array, s: Summary): readonly (readonly [number, number])[] => {
  let sum = 0,
    dot = 0
  actual.forEach((v, i) => {
    sum += v
    dot += v * Math.sin(0.37 * i + 0.5)
  })
  return [
    [sum, s.sum],
    [dot, s.dot_with_fill],
  ]
}
const magnitude = (xs: readonly number[]): number => xs.reduce((m, x) => Math.max(m, Math.abs(x)), 0)
/** NaN counts as the largest gap. */
const gap = (a: number, b: number): number => (Number.isNaN(a - b) ? Number.POSITIVE_INFINITY : Math.abs(a - b))

/** |actual - expected| <= atol + rtol |expected|, for each number; sums within rtol times the sum of magnitudes. */
export const elementwise = (actual: Float64Array, t: TensorSpec, { rtol, atol }: Tolerance): Outcome => {
  if (actual.length !== sizeOf(t))
    return { passed: false, error: Number.POSITIVE_INFINITY, found: `${actual.length} elements, expected ${sizeOf(t)}` }
  const s = sampled(actual, t),
    scale = Math.max(magnitude(s.expected), Number.MIN_VALUE)
  const bad = s.expected.findIndex((e, i) => !(gap(s.actual[i] as number, e) <= atol + rtol * Math.abs(e)))
  const badTotal =
    t.summary &&
    totals(actual, t.summary).find(([a, e]) => !(gap(a, e) <= rtol * (t.summary as Summary).abs_sum + atol))
  const error = magnitude(s.expected.map((e, i) => gap(s.actual[i] as number, e))) / scale
  if (bad >= 0)
    return {
      passed: false,
      error,
      found: `${t.name}[${bad}]: expected ${show(s.expected[bad] as number)}, found ${show(s.actual[bad] as number)}`,
    }
  return badTotal
    ? { passed: false, error, found: `${t.name} in total: expected ${show(badTotal[1])}, found ${show(badTotal[0])}` }
    : { passed: true, error }
}
/** The largest absolute error of a group over its largest expected magnitude, against one bound. */
export const grouped = (pairs: readonly (readonly [Float64Array, TensorSpec])[], bound: number): Outcome => {
  const all = pairs.map(([a, t]) => sampled(a, t)),
    scale = Math.max(...all.map((s) => magnitude(s.expected)), Number.MIN_VALUE)
  const wrongSize = pairs.find(([a, t]) => a.length !== sizeOf(t))
  if (wrongSize)
    return {
      passed: false,
      error: Number.POSITIVE_INFINITY,
      found: `${wrongSize[1].name} has ${wrongSize[0].length} elements`,
    }
  // a group of zeros is compared absolutely
  const over = scale < 1e-12 ? 1 : scale
  let worst = { gap: 0, text: '' }
  for (const [k, s] of all.entries())
    s.expected.forEach((e, i) => {
      const g = gap(s.actual[i] as number, e)
      if (g > worst.gap)
        worst = {
          gap: g,
          text: `${pairs[k]?.[1].name}[${i}]: expected ${show(e)}, found ${show(s.actual[i] as number)}`,
        }
    })
  pairs.forEach(([a, t]) => {
    if (t.summary)
      for (const [found, e] of totals(a, t.summary)) {
        const relative = gap(found, e) / Math.max(t.summary.abs_sum, Number.MIN_VALUE)
        if (relative * over > worst.gap)
          worst = { gap: relative * over, text: `${t.name} in total: expected ${show(e)}, found ${show(found)}` }
      }
  })
  const error = worst.gap / over
  return error <= bound
    ? { passed: true, error }
    : {
        passed: false,
        error,
        found: `${worst.text} (bound ${bound.toExponential(1)}, error ${error.toExponential(1)})`,
      }
}
