/**
 * One coordinate of one input at a time: d<w, f(x)>/dx_i from reverse mode and from forward mode against differences.
 * Every input is looked at; where there are many coordinates, some are drawn.
 */
import type { Tensor } from '../../lang/evaluate.ts'
import { isReal, sizeOf } from '../../lang/syntax/shape.ts'
import { child, type Key, permutation } from '../random/key.ts'
import type { Ruling } from './judge.ts'
import { type Modes, scalesAt, weighed } from './modes.ts'
import { dot, type Point } from './point.ts'
import type { Coordinates, Worst } from './report.ts'
import { type Rounding, rounding } from './rounding.ts'
import { against, indexOf, inputLeaves, nowhere, slackAmong, tries, unit } from './sample.ts'

interface One {
  readonly ruling: Ruling
  readonly worst: Worst
  readonly mode: 'forward' | 'reverse'
  readonly excess: number
}
/** Errors of one coordinate are measured against the size of the whole gradient. */
const examine = (
  m: Modes,
  x: Point,
  w: Point,
  leaf: number,
  element: number,
  scale: number,
  pulls: readonly Point[],
  size: number,
  key: Key,
): One | undefined => {
  const real = m.ins.filter(isReal)
  const e = unit(real, leaf, element, scale)
  const forwards = [undefined, ...tries].map((k) =>
    dot(m.push(x, e, k === undefined ? undefined : rounding(child(key, k))), w),
  )
  const backwards = pulls.map((p) => scale * ((p[leaf] as Tensor)[element] as number))
  const claims = [
    ...(backwards.length > 0 ? [{ mode: 'reverse' as const, all: backwards }] : []),
    { mode: 'forward' as const, all: forwards },
  ]
  const claimed = Float64Array.from(claims, (c) => c.all[0] as number)
  const slack = Float64Array.from(claims, (c) => slackAmong(c.all[0] as number, c.all.slice(1)))
  const f = weighed(m, x, e, w)
  // the same curve twice: once for each mode
  const judged = against(
    (t, r?: Rounding) => new Float64Array(claims.length).fill(f(t, r)[0] as number),
    claimed,
    slack,
    child(key, 3),
    size,
  )
  if (judged === undefined) return undefined
  const { estimate } = judged.judgements[judged.at] as (typeof judged.judgements)[0]
  const { name, shape } = inputLeaves(m)[leaf] as { readonly name: string; readonly shape: readonly number[] }
  const analytic = claimed[judged.at] as number
  const gap = Math.abs(analytic - estimate.value)
  return {
    ruling: judged.ruling,
    mode: claims[judged.at]?.mode ?? 'forward',
    excess: Number.isNaN(gap)
      ? Number.POSITIVE_INFINITY
      : gap / Math.max(estimate.error, 1e-12 * judged.scale, Number.MIN_VALUE),
    worst: {
      leaf: name,
      index: indexOf(shape, element),
      element,
      analytic: analytic / scale,
      numeric: estimate.value / scale,
      bar: estimate.error / scale,
      step: estimate.step,
    },
  }
}
/** `many`: how many coordinates of all inputs together; at least one of each. */
export const coordinates = (
  m: Modes,
  x: Point,
  w: Point,
  many: number,
  key: Key,
): readonly (Coordinates & { readonly ruling: Ruling })[] => {
  const { pull } = m
  const pulls =
    pull === undefined ? [] : [pull(x, w), ...tries.map((k) => pull(x, w, rounding(child(child(key, 0), k))))]
  const real = m.ins.filter(isReal)
  const scales = scalesAt(m, x)
  const size = (pulls[0] ?? []).reduce(
    (s, g, i) =>
      g.reduce((t, v, k) => (Number.isFinite(v) ? Math.max(t, Math.abs(v * (scales[i]?.[k] as number))) : t), s),
    0,
  )
  const share = Math.max(1, Math.floor(many / Math.max(1, real.length)))
  return real.map((t, leaf) => {
    const of = sizeOf(t.shape)
    const chosen = pick(of, share, pulls[0]?.[leaf], child(child(key, 1), leaf))
    const found = chosen.flatMap(
      (element) =>
        examine(
          m,
          x,
          w,
          leaf,
          element,
          scales[leaf]?.[element] ?? 1,
          pulls,
          size,
          child(child(child(key, 2), leaf), element),
        ) ?? [],
    )
    const wrong = found.filter((o) => o.ruling === 'wrong')
    const [worst] = [...(wrong.length > 0 ? wrong : found)].sort((a, b) => b.excess - a.excess)
    const ruling = wrong.length > 0 ? 'wrong' : (found.find((o) => o.ruling !== 'right')?.ruling ?? 'right')
    const { name } = inputLeaves(m)[leaf] as { readonly name: string }
    return {
      leaf: name,
      checked: found.length,
      of,
      passed: wrong.length === 0,
      worst: worst?.worst ?? { ...nowhere, leaf: name },
      mode: worst?.mode ?? 'reverse',
      ruling,
    }
  })
}
/** All where they are few; else the one with the largest derivative, and others at random. */
const pick = (of: number, many: number, gradient: Tensor | undefined, key: Key): readonly number[] => {
  if (of <= many) return Array.from({ length: of }, (_, k) => k)
  const largest =
    gradient === undefined
      ? 0
      : gradient.reduce((best, v, k) => (Math.abs(v) > Math.abs(gradient[best] as number) ? k : best), 0)
  return [...new Set([largest, ...permutation(key, of).subarray(0, many)])].slice(0, many)
}
