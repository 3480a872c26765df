/**
 * Is a number the derivative of a function that is known only through its differences? It is ruled wrong only beyond
 * doubt: two candidates of different steps agree with one another, both exclude the number by a multiple of their own
 * error, no narrower candidate includes it, all narrower quotients are as the candidate predicts, the two one-sided
 * derivatives agree, and the function neither jumps nor drowns in its own rounding.
 */

import { nth } from '../../lang/syntax/list.ts'
import { type Candidates, candidatesOf, type Estimate, type Ladder, type LineFunction, sharpest } from './difference.ts'
import { makeTableaus } from './tableau.ts'

export type Ruling =
  /** Some estimate with a useful error bar includes it. */
  | 'right'
  | 'wrong'
  /** The one-sided derivatives differ, or the function jumps. */
  | 'kink'
  /** No estimate is accurate enough for a verdict. */
  | 'unclear'
export interface Judgement {
  readonly ruling: Ruling
  /** The estimate that decided, else the sharpest. */
  readonly estimate: Estimate
  /** Right at the narrow steps but not at wider ones: the function is rough nearby. */
  readonly rough: boolean
}
/** Error bars are estimates themselves: a gap of this many bars is allowed. */
const safety = 4
/** An error bar is useful below this share of the size of the derivative. */
const useful = 0.05
const nothing: Estimate = { value: Number.NaN, error: Number.POSITIVE_INFINITY, step: 0, narrowest: 0 }

/** `slack`: how far the number's own rounding moves it. `scale`: the size of the derivatives beside it. */
const judge = (number: number, slack: number, scale: number, all: Candidates): Judgement => {
  const allowed = (e: Estimate): number => safety * e.error + slack
  const gap = (e: Estimate): number => (Number.isNaN(number) ? Number.POSITIVE_INFINITY : Math.abs(number - e.value))
  const includes = (e: Estimate): boolean => gap(e) <= allowed(e)
  const agree = (p: Estimate, q: Estimate): boolean => Math.abs(p.value - q.value) <= safety * (p.error + q.error)
  const supporting = sharpest(all.central.filter(includes))
  const against = all.central.filter((e) => !includes(e) && (!Number.isNaN(number) || e.error <= useful * scale))
  const believable = (q: Estimate): boolean =>
    explains(q, gap(q), all) &&
    against.some((p) => p.step > q.step && agree(p, q)) &&
    !all.central.some((r) => r.step < q.step && includes(r) && allowed(r) < gap(q) / 2)
  const refuting = all.drowned ? undefined : sharpest(against.filter(believable))
  const shown = supporting ?? sharpest(all.central) ?? nothing
  if (sidesDiffer(all, scale)) return { ruling: 'kink', estimate: shown, rough: true }
  if (refuting !== undefined) return { ruling: 'wrong', estimate: refuting, rough: false }
  if (supporting !== undefined && Math.max(supporting.error, slack / safety) <= useful * scale) {
    const rough = all.central.some((e) => e.step > supporting.step && 5 * allowed(e) < gap(e) && gap(e) > 1e-6 * scale)
    return { ruling: 'right', estimate: supporting, rough }
  }
  return { ruling: 'unclear', estimate: shown, rough: against.length > 0 }
}
/** How many narrower quotients must confirm a candidate. */
const witnesses = 3
/**
 * A derivative predicts every narrower quotient, up to rounding and the error at its own narrowest step. Some of these
 * quotients must be sharp enough to have shown the `gap`.
 */
const explains = (e: Estimate, gap: number, { quotients }: Candidates): boolean => {
  const left = Math.abs((quotients.find((q) => q.step === e.narrowest)?.value ?? e.value) - e.value)
  const narrower = quotients.filter((q) => q.step < e.narrowest)
  return (
    narrower.every((q) => Math.abs(q.value - e.value) <= left + 2 * (e.error + q.error)) &&
    narrower.filter((q) => 2 * safety * q.error < gap).length >= witnesses
  )
}
/** The estimate of narrowest steps whose error bar is nearly as small as the smallest. */
const local = (side: readonly Estimate[]): Estimate | undefined => {
  const best = sharpest(side)
  return best && side.filter((e) => e.error <= 10 * best.error).reduce((a, b) => (b.step < a.step ? b : a))
}
const sidesDiffer = ({ right, left }: Candidates, scale: number): boolean => {
  const r = local(right)
  const l = local(left)
  if (r === undefined || l === undefined) return false
  const gap = Math.abs(r.value - l.value)
  return gap > 2 * safety * (r.error + l.error) && gap > 1e-6 * scale
}
/** A derivative below this share of the function itself, over the scale of its inputs, counts as zero. */
const negligible = 1e-6
const larger = (most: number, v: number): number => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most)
/**
 * The judgements of the numbers at these places. `least`: the size of other derivatives, against which errors are measured
 * too.
 */
export const judgeAll = (
  numbers: Float64Array,
  slack: Float64Array,
  ladder: Ladder,
  least: number,
  places: readonly number[] = [...numbers.keys()],
): readonly Judgement[] => {
  const own = ladder.here.reduce((most, v) => larger(most, v * negligible), numbers.reduce(larger, least))
  if (places.length > many) return judgeMany(numbers, slack, ladder, own, places)
  const pools = places.map((k) => candidatesOf(ladder, k))
  const scale = pools.reduce((most, c) => larger(most, sharpest(c.central)?.value ?? 0), own)
  return pools.map((c, i) => judge(nth(numbers, nth(places, i)), nth(slack, nth(places, i)), scale, c))
}

/** From so many numbers on, those that no candidate excludes are recognised without building the candidates. */
const many = 64
/** What judge says of numbers beyond doubt: right, by the sharpest estimate. The others are judged by all candidates. */
const judgeMany = (
  numbers: Float64Array,
  slack: Float64Array,
  ladder: Ladder,
  least: number,
  places: readonly number[],
): readonly Judgement[] => {
  const tableauOf = makeTableaus(ladder)
  const found = places.map((k) => tableauOf(k, nth(numbers, k), nth(slack, k), safety))
  const scale = found.reduce((most, { best }) => larger(most, best?.value ?? 0), least)
  return found.map(({ best, excluded, rough, gap, bar }, i): Judgement => {
    const k = nth(places, i)
    const [number, own] = [nth(numbers, k), nth(slack, k)]
    const differ = gap > 2 * safety * bar && gap > 1e-6 * scale
    return best !== undefined && !excluded && !differ && Math.max(best.error, own / safety) <= useful * scale
      ? { ruling: 'right', estimate: best, rough: rough > 1e-6 * scale }
      : judge(number, own, scale, candidatesOf(ladder, k))
  })
}

/**
 * Which of these outputs jump near 0: for each, the interval is halved towards the larger change until its ends are
 * neighbours. All are searched at the same time, since many follow the same points.
 */
export const jumping = (f: LineFunction, ladder: Ladder, outputs: readonly number[]): readonly number[] => {
  const found: number[] = []
  for (const most of within) {
    const open = outputs.filter((k) => !found.includes(k))
    found.push(...jumpingNear(f, ladder, open, most))
  }
  return found
}
/** Whether one of these outputs jumps near 0. */
export const someJump = (f: LineFunction, ladder: Ladder, outputs: readonly number[]): boolean =>
  within.some((most) => jumpingNear(f, ladder, outputs, most).length > 0)
/** A wide search meets more jumps; a narrow one finds them in a function that varies much. */
const within = [2 ** -4, 2 ** -16, 2 ** -28]
/** The search of one output: an interval, and the values at its ends. */
interface Search {
  readonly k: number
  readonly low: number
  readonly high: number
  readonly below: number
  readonly above: number
}
const jumpingNear = (f: LineFunction, ladder: Ladder, outputs: readonly number[], most: number): readonly number[] => {
  const width = ladder.steps.find((h) => h <= most)
  if (width === undefined || outputs.length === 0) return []
  const allowed = ({ k, below }: Search): number => 16 * (ladder.typical(k) + Number.EPSILON * Math.abs(below))
  const found: number[] = []
  const [left, right] = [f(-width), f(width)]
  let open = outputs.map((k): Search => ({ k, low: -width, high: width, below: nth(left, k), above: nth(right, k) }))
  while (open.length > 0) {
    const values = new Map<number, Float64Array>()
    const at = (t: number): Float64Array => {
      const known = values.get(t) ?? f(t)
      values.set(t, known)
      return known
    }
    open = open.flatMap((s) => {
      const { k, low, high, below, above } = s
      const middle = (low + high) / 2
      const isNarrow = high - low <= width * 2 ** -58 || middle === low || middle === high
      const y = isNarrow ? 0 : nth(at(middle), k)
      if (isNarrow || !Number.isFinite(y)) {
        if (!isNarrow || Math.abs(above - below) > allowed(s)) found.push(k)
        return []
      }
      const [first, second] = [Math.abs(y - below), Math.abs(above - y)]
      // what changes no more than by rounding in both halves has no jump to be found
      if (first <= allowed(s) && second <= allowed(s)) return []
      return first >= second ? [{ ...s, high: middle, above: y }] : [{ ...s, low: middle, below: y }]
    })
  }
  return found
}
