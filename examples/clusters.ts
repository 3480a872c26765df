/** Points in eight clusters on a circle, and how well drawn points match them. */
import { foldIn, type Key, normal, uniform } from '../src/random/index.ts'

/** Eight clusters on a circle. */
const [radius, deviation] = [2, 0.2] as const
export const clusters = (key: Key, n: number): Float64Array => {
  const which = uniform(n)(foldIn(1)(key))
  const around = (i: number): number => (Math.PI / 4) * Math.floor(8 * (which[Math.floor(i / 2)] ?? 0))
  return normal(2 * n)(foldIn(2)(key)).map(
    (e, i) => deviation * e + radius * (i % 2 === 0 ? Math.cos : Math.sin)(around(i)),
  )
}
/** The part of points within three deviations of a cluster, and the part of the cluster that got fewest. */
export const quality = (xs: ArrayLike<number>) => {
  const found = Array.from({ length: 8 }, (_, k) => {
    const [a, b] = [radius * Math.cos((Math.PI / 4) * k), radius * Math.sin((Math.PI / 4) * k)]
    const near = Array.from({ length: xs.length / 2 }, (_, i) =>
      Math.hypot((xs[2 * i] ?? 9) - a, (xs[2 * i + 1] ?? 9) - b),
    )
    return near.filter((r) => r < 3 * deviation).length / near.length
  })
  return { good: found.reduce((s, v) => s + v, 0), least: Math.min(...found) }
}
