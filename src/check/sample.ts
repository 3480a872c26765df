/** The checks at one point: forward against differences, reverse against forward. */

import type { Tensor } from '../../lang/evaluate.ts'
import { nth } from '../../lang/syntax/list.ts'
import { isReal, type Shape, sizeOf, strides, type Type } from '../../lang/syntax/shape.ts'
import { foldIn, type Key } from '../random/key.ts'
import { climb, extended, type Ladder, type LineFunction, usual } from './difference.ts'
import { type Judgement, judgeAll, jumping, type Ruling, someJump } from './judge.ts'
import { flat, lineFunctionOf, type Modes } from './modes.ts'
import { dot, dotSize, type Point } from './point.ts'
import type { Check, CheckName, Worst } from './report.ts'
import { type Rounding, rounding } from './rounding.ts'

export interface JudgedCheck {
  readonly check: Check
  readonly ruling: Ruling
}
/** An array of a program by name: an input, or an output. */
interface Leaf {
  readonly name: string
  readonly shape: Shape
}
export const inputLeaves = (m: Modes): readonly Leaf[] =>
  m.f.inputs.filter((i) => isReal(i.type)).map(({ name, type }) => ({ name, shape: type.shape }))
/** The only output is called 'output', one of several 'output 2'. */
export const outputLeaves = (outs: readonly Type[]): readonly Leaf[] =>
  outs.map((t, k, all) => ({ name: all.length === 1 ? 'output' : `output ${k}`, shape: t.shape }))

export const indexOf = (shape: Shape, element: number): readonly number[] =>
  strides(shape).map((s, d) => Math.floor(element / s) % nth(shape, d))
/** The leaf and element of the k-th number of all leaves together. */
export const locate = (leaves: readonly Leaf[], k: number): Pick<Worst, 'leaf' | 'index' | 'element'> => {
  let from = 0
  for (const { name, shape } of leaves) {
    const n = sizeOf(shape)
    if (k < from + n) return { leaf: name, index: indexOf(shape, k - from), element: k - from }
    from += n
  }
  return { leaf: '', index: [], element: k - from }
}
export const nowhere: Worst = { leaf: '', index: [], element: 0, analytic: 0, numeric: 0, bar: 0, step: 0 }

/** How far rounding moves a number, given its perturbed values. The farthest is ignored: it may be beyond a jump. */
export const slackAmong = (value: number, tries: readonly number[]): number => {
  let [farthest, next] = [0, 0]
  for (const t of tries) {
    const gap = Math.abs(t - value)
    if (!Number.isFinite(gap)) continue
    next = Math.max(next, Math.min(gap, farthest))
    farthest = Math.max(farthest, gap)
  }
  return 8 * next + 1e-14 * Math.abs(value)
}
export const tries = [0, 1, 2, 3]
/** How far rounding moves each number of a derivative. */
export const slackOf = (exact: Float64Array, again: (r: Rounding) => Float64Array, key: Key): Float64Array => {
  const others = tries.map((k) => again(rounding(foldIn(k)(key))))
  const here: number[] = others.map(() => 0)
  return exact.map((v, i) => {
    for (let t = 0; t < here.length; t++) here[t] = nth(nth(others, t), i)
    return Number.isFinite(v) ? slackAmong(v, here) : 0
  })
}

interface Judged {
  readonly ruling: Ruling
  readonly judgements: readonly Judgement[]
  /** The index of the worst number. */
  readonly at: number
  readonly scale: number
}
const rank: { readonly [F in Ruling]: number } = { wrong: 3, kink: 2, unclear: 1, right: 0 }
const orInfinity = (v: number): number => (Number.isNaN(v) ? Number.POSITIVE_INFINITY : v)
/** Other steps than those of the usual ladders. */
const otherwise = 0.61
/** How many numbers are searched for jumps before one is believed. */
const searched = 4

/** |claimed - estimate|; infinite where it is no number. */
const gapOf = (claimed: number, { estimate }: Judgement): number => orInfinity(Math.abs(claimed - estimate.value))
/** The largest derivative, claimed or estimated. */
const scaleOf = (claimed: Float64Array, judgements: readonly Judgement[], least: number): number => {
  const larger = (most: number, v: number): number => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most)
  const most = claimed.reduce(larger, Math.max(least, Number.MIN_VALUE))
  return judgements.reduce((m, { estimate }) => larger(m, estimate.value), most)
}
/** The judgements of the numbers at these places. */
type JudgeOn = (l: Ladder, places: readonly number[]) => readonly Judgement[]
/** Judged on the usual ladder; what that does not show clearly, on a longer one. */
const judgeOnLadders = (
  f: LineFunction,
  key: Key,
  places: readonly number[],
  judgeOn: JudgeOn,
): { readonly ladder: Ladder; readonly judgements: readonly Judgement[] } | undefined => {
  const usualLadder = climb(f, usual, key)
  const first = usualLadder && judgeOn(usualLadder, places)
  if (usualLadder && first?.every((j) => j.ruling === 'right' || j.ruling === 'kink'))
    return { ladder: usualLadder, judgements: first }
  const ladder = climb(f, extended, key)
  if (ladder === undefined) return undefined
  const open = places.filter((k) => first?.[k]?.ruling !== 'right')
  const again = new Map(judgeOn(ladder, open).map((j, i) => [nth(open, i), j]))
  return { ladder, judgements: places.map((k) => again.get(k) ?? nth(first ?? [], k)) }
}
/** The ruling for all numbers together: wrong if one is judged wrong; a kink if one jumps; else the gravest of all. */
const rulingOf = (judgements: readonly Judgement[], believed: boolean, jumping: boolean): Ruling => {
  if (believed) return 'wrong'
  if (jumping) return 'kink'
  return judgements.reduce<Ruling>(
    (worst, { ruling }) => (ruling !== 'wrong' && rank[ruling] > rank[worst] ? ruling : worst),
    'right',
  )
}
/** The number whose gap is largest. */
const widest = (count: number, gap: (k: number) => number): number => {
  let [at, most] = [0, Number.NEGATIVE_INFINITY]
  for (let k = 0; k < count; k++) {
    const here = gap(k)
    if (here > most) [at, most] = [k, here]
  }
  return at
}
/** Claimed derivatives against the differences of a function; undefined where that is not finite. */
export const against = (
  f: LineFunction,
  claimed: Float64Array,
  slack: Float64Array,
  key: Key,
  least = 0,
): Judged | undefined => {
  const judgeOn: JudgeOn = (l, places) => judgeAll(claimed, slack, l, least, places)
  const numbers = [...claimed.keys()]
  const found = judgeOnLadders(f, key, numbers, judgeOn)
  if (found === undefined) return undefined
  const { ladder, judgements } = found
  const gap = (k: number): number => gapOf(nth(claimed, k), nth(judgements, k))
  const byGap = (list: readonly number[]): readonly number[] => [...list].sort((a, b) => gap(b) - gap(a))
  const suspected = byGap(numbers.filter((k) => judgements[k]?.ruling === 'wrong'))
  // other steps and other rounding, so that an error by chance does not repeat
  const steps = extended.map((h) => h * otherwise)
  const other = suspected.length === 0 ? undefined : climb(f, steps, foldIn(100)(key))
  const second = other && judgeOn(other, suspected)
  const wrong = suspected.filter((_, i) => second?.[i]?.ruling === 'wrong')
  const jumps = jumping(f, ladder, wrong.slice(0, searched))
  const believed = wrong.filter((k) => !jumps.includes(k))
  // what is unclear, or looks rough from afar, may jump too
  const doubtful = numbers.filter((k) => judgements[k]?.ruling === 'unclear' || judgements[k]?.rough)
  const isBroken = (): boolean => someJump(f, ladder, doubtful.slice(0, searched))
  const ruling = rulingOf(judgements, believed.length > 0, jumps.length > 0 || (believed.length === 0 && isBroken()))
  return {
    ruling,
    judgements,
    at: believed[0] ?? widest(judgements.length, gap),
    scale: scaleOf(claimed, judgements, least),
  }
}

/** df(x) v against the differences of f along v. */
export const forward = (
  name: CheckName,
  m: Modes,
  x: Point,
  v: Point,
  leaves: readonly Leaf[],
  key: Key,
): JudgedCheck | undefined => {
  const claimed = flat(m.push(x, v))
  const slack = slackOf(claimed, (r) => flat(m.push(x, v, r)), foldIn(0)(key))
  const judged = against(lineFunctionOf(m, x, v), claimed, slack, foldIn(1)(key))
  if (judged === undefined) return undefined
  const { ruling, judgements, at, scale } = judged
  const found = judgements[at]?.estimate
  const worst =
    found === undefined
      ? nowhere
      : {
          ...locate(leaves, at),
          analytic: nth(claimed, at),
          numeric: found.value,
          bar: found.error,
          step: found.step,
        }
  const error = claimed.reduce(
    (e, a, k) => Math.max(e, orInfinity(Math.abs(a - nth(judgements, k).estimate.value) / scale)),
    0,
  )
  const resolution = judgements.reduce((e, j) => Math.max(e, orInfinity(j.estimate.error / scale)), 0)
  return { check: { name, passed: ruling !== 'wrong', error, resolution, worst }, ruling }
}

/** <df(x) v, w> = <v, df(x)^T w> */
export const reverse = (name: CheckName, m: Modes, x: Point, v: Point, w: Point, key: Key): JudgedCheck | undefined => {
  const { pull } = m
  if (pull === undefined) return undefined
  const pushed = m.push(x, v)
  const pulled = pull(x, w)
  const left = dot(pushed, w)
  const right = dot(v, pulled)
  const one = (value: number, again: (r: Rounding) => number, k: number): number =>
    nth(
      slackOf(Float64Array.of(value), (r) => Float64Array.of(again(r)), foldIn(k)(key)),
      0,
    )
  const size = Math.max(dotSize(pushed, w), dotSize(v, pulled))
  const bar = one(left, (r) => dot(m.push(x, v, r), w), 0) + one(right, (r) => dot(v, pull(x, w, r)), 1) + 1e-13 * size
  const gap = Math.abs(left - right)
  const passed = gap <= bar
  const scale = size > 0 ? size : Number.MIN_VALUE
  const leaf = m.f.inputs
    .filter((i) => isReal(i.type))
    .map((i) => i.name)
    .join(', ')
  const worst: Worst = { ...nowhere, leaf, analytic: right, numeric: left, bar }
  return {
    check: { name, passed, error: orInfinity(gap / scale), resolution: bar / scale, worst },
    ruling: passed ? 'right' : 'wrong',
  }
}
/** Arrays of zeros, with `value` at one element. */
export const unit = (types: readonly Type[], leaf: number, element: number, value: number): Point =>
  types.map((t, i) => {
    const x: Tensor = new Float64Array(sizeOf(t.shape))
    if (i === leaf) x[element] = value
    return x
  })
