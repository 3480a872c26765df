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
/** `least`: the size of other derivatives, against which errors are measured too. */
export const judgeAll = (
  numbers: Float64Array,
  slack: Float64Array,
  ladder: Ladder,
  least: number,
): readonly Judgement[] => {
  if (numbers.length > many) return judgeMany(numbers, slack, ladder, least)
  const pools = Array.from(numbers, (_, k) => candidatesOf(ladder, k))
  const sizes = [
    ...numbers,
    ...pools.map((c) => sharpest(c.central)?.value ?? 0),
    ...ladder.here.map((v) => v * negligible),
  ]
  const scale = sizes.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), least)
  return pools.map((c, k) => judge(nth(numbers, k), nth(slack, k), scale, c))
}

/** From so many numbers on, those that no candidate excludes are recognised without building the candidates. */
const many = 64
/** What judge says of numbers beyond doubt: right, by the sharpest estimate. The others are judged by all candidates. */
const judgeMany = (numbers: Float64Array, slack: Float64Array, ladder: Ladder, least: number): readonly Judgement[] => {
  const tableauOf = makeTableaus(ladder)
  const found = Array.from(numbers, (number, k) => tableauOf(k, number, nth(slack, k), safety))
  const sizes: readonly Float64Array[] = [
    numbers,
    Float64Array.from(found, ({ best }) => best?.value ?? 0),
    ladder.here.map((v) => v * negligible),
  ]
  const scale = sizes.reduce(
    (m, list) => list.reduce((n, v) => (Number.isFinite(v) ? Math.max(n, Math.abs(v)) : n), m),
    least,
  )
  return found.map(({ best, excluded, rough, gap, bar }, k): Judgement => {
    const [number, own] = [nth(numbers, k), nth(slack, k)]
    const differ = gap > 2 * safety * bar && gap > 1e-6 * scale
    return best !== undefined && !excluded && !differ && Math.max(best.error, own / safety) <= useful * scale
      ? { ruling: 'right', estimate: best, rough: rough > 1e-6 * scale }
      : judge(number, own, scale, candidatesOf(ladder, k))
  })
}

/**
 * Whether the k-th output jumps near 0: the interval is halved towards the larger change until its ends are neighbours.
 */
export const jumps = (f: LineFunction, ladder: Ladder, k: number): boolean =>
  within.some((most) => {
    const i = ladder.steps.findIndex((h) => h <= most)
    return i >= 0 && jumpsWithin(f, nth(ladder.steps, i), k, ladder.typical(k))
  })
/** A wide search meets more jumps; a narrow one finds them in a function that varies much. */
const within = [2 ** -4, 2 ** -16, 2 ** -28]
const jumpsWithin = (f: LineFunction, width: number, k: number, noise: number): boolean => {
  const at = (t: number): number => nth(f(t), k)
  let low = -width
  let high = width
  let below = at(low)
  let above = at(high)
  while (high - low > width * 2 ** -58) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    const y = at(middle)
    if (!Number.isFinite(y)) return true
    if (Math.abs(y - below) >= Math.abs(above - y)) [high, above] = [middle, y]
    else [low, below] = [middle, y]
  }
  return Math.abs(above - below) > 16 * (noise + Number.EPSILON * Math.abs(below))
}
