/**
 * The points where accuracy is measured: in the intervals of the inputs, both ends included. A single number is taken at
 * even distances, and at sizes that shrink towards 0 by even factors where the interval has small numbers: there digits
 * are lost too. Several numbers are drawn, by half in the one manner and by half in the other.
 */
import { type Closed, inTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isReal, sizeOf } from '../../../lang/syntax/shape.ts'
import { foldIn, type Key, uniform } from '../../random/key.ts'
import { drawPoint, type Interval } from '../domain.ts'
import type { Point } from '../point.ts'

/** The smallest size that is drawn, relative to the largest of the interval. */
const smallest = 1e-12
/** The number at a share of the interval: even distances, or sizes that shrink by even factors. */
const even = ([low, high]: Interval, u: number): number => (u === 1 ? high : low + (high - low) * u)
const shrinking = ([low, high]: Interval, u: number): number => {
  const ends = [low, high].map(Math.abs)
  const far = Math.max(...ends)
  const near = low <= 0 && high >= 0 ? far * smallest : Math.min(...ends)
  const at = (share: number): number => near * (far / near) ** share
  const split = high <= 0 ? 1 : low >= 0 ? 0 : 0.5
  const x = u < split ? -at(1 - u / split) : at(split === 1 ? 1 : (u - split) / (1 - split))
  return Math.min(high, Math.max(low, x))
}
/** The nearest float32, so that every back end gets the same number; the number itself where it is outside float32. */
const narrowed = (x: number, [low, high]: Interval): number => {
  const y = Math.fround(x)
  return (y === 0 && x !== 0) || y < low || y > high ? x : y
}
/** Whether float32 holds a point. */
export const isSingle = (x: Point): boolean => x.every((a) => a.every((v) => Math.fround(v) === v))

/** Fewer points where none is found inside the program's domain. `over`: the interval of each input, if it has one. */
export const pointsOf = (
  p: Closed,
  key: Key,
  count: number,
  over: readonly (Interval | undefined)[],
): readonly Point[] => {
  const types = inTypes(p)
  const numbers = types.filter(isReal).reduce((n, t) => n + sizeOf(t.shape), 0)
  const evenly = Math.ceil((2 * count) / 3)
  const share = (k: number, own: Key, from: Interval): number => {
    const isEven = k < evenly
    const [j, n] = isEven ? [k, evenly] : [k - evenly, count - evenly]
    // the first two points are the ends
    const u = numbers === 1 ? (n === 1 ? 0.5 : j / (n - 1)) : k < 2 ? k : nth(uniform(1)(own), 0)
    return narrowed((isEven ? even : shrinking)(from, u), from)
  }
  /** Whether every input has an interval: then no point has to be drawn. */
  const given = over.every((o) => o !== undefined)
  return Array.from({ length: count }, (_, k): Point | undefined => {
    const own = foldIn(k)(key)
    const drawn = given
      ? types.map(({ shape }) => new Float64Array(sizeOf(shape)))
      : drawPoint(p, own, over, k % 2 === 0)
    return drawn?.map((x, i) => {
      const from = isReal(nth(types, i)) ? over[i] : undefined
      return from === undefined ? x.map(Math.fround) : x.map((_x, e) => share(k, foldIn(e)(foldIn(i)(own)), from))
    })
  }).filter((x): x is Point => x !== undefined)
}
