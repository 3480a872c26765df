/** How fast the remainder of the Taylor expansion shrinks along a direction. */

import { nth } from '../../lang/syntax/list.ts'
import { foldIn, type Key } from '../random/key.ts'
import { type Modes, weighed } from './modes.ts'
import { dot, type Point } from './point.ts'
import type { Slopes } from './report.ts'
import { rounding } from './rounding.ts'

const steps = Array.from({ length: 44 }, (_, i) => 2 ** (-2 - i))
/** How many of the narrowest steps above rounding are fitted. */
const fitted = 6

/**
 * The slope of log remainder against log h, above the floor of rounding; infinite where every remainder is below it.
 */
const slope = (points: readonly (readonly [number, number])[], floor: number): number => {
  const first = points.findIndex(([, r]) => !(r > 8 * floor))
  const clear = (first < 0 ? points : points.slice(0, first))
    .slice(-fitted)
    .map(([h, r]) => [Math.log(h), Math.log(r)] as const)
  const n = clear.length
  if (n < 3) return Number.POSITIVE_INFINITY
  const mx = clear.reduce((s, [x]) => s + x, 0) / n
  const my = clear.reduce((s, [, y]) => s + y, 0) / n
  return clear.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / clear.reduce((s, [x]) => s + (x - mx) ** 2, 0)
}
/** `gradient`: the modes of (x, w) -> df(x)^T w. */
export const taylor = (m: Modes, gradient: Modes | undefined, x: Point, v: Point, w: Point, key: Key): Slopes => {
  const phi = weighed(m, x, v, w)
  const at = (t: number): number => nth(phi(t), 0)
  const here = at(0)
  const first = dot(m.push(x, v), w)
  const still = w.map((a) => a.map(() => 0))
  const bend = gradient === undefined ? Number.NaN : dot(gradient.push([...x, ...w], [...v, ...still]), v)
  const gaps = [0, 1, 2, 3]
    .map((k) => Math.abs(nth(phi(0, rounding(foldIn(k)(key))), 0) - here))
    .filter((g) => Number.isFinite(g))
  const floor = Math.max(Number.EPSILON * Math.abs(here), ...gaps)
  const all: Slopes['remainders'][number][] = []
  for (const h of steps) {
    const r = at(h) - here - h * first
    all.push([h, Math.abs(r), Math.abs(r - (h * h * bend) / 2)])
    if (all.length > 8 && all.slice(-4).every(([, a]) => a <= 2 * floor)) break
  }
  const remainders = all.slice(all.findLastIndex(([, r]) => !Number.isFinite(r)) + 1)
  return {
    first: slope(
      remainders.map(([h, a]) => [h, a]),
      floor,
    ),
    second:
      gradient === undefined
        ? Number.NaN
        : slope(
            remainders.map(([h, , b]) => [h, b]),
            floor,
          ),
    remainders,
    floor,
  }
}
