/** Points with classes in the plane: whether the neighbours of a point are of its class, and a picture of them. */
import { plane } from '../src/draw/index.ts'

/** The share of points whose class is that of most of their k nearest neighbours. */
export const neighbourAccuracy = (places: ArrayLike<number>, y: ArrayLike<number>, k: number): number => {
  const all = Array.from(y)
  const away = (i: number, j: number): number =>
    Math.hypot((places[2 * i] ?? 0) - (places[2 * j] ?? 0), (places[2 * i + 1] ?? 0) - (places[2 * j + 1] ?? 0))
  const right = all.filter((own, i) => {
    const near = all.map((label, j) => [away(i, j), label] as const).filter((_, j) => j !== i)
    const nearest = near.sort((a, b) => a[0] - b[0]).slice(0, k)
    const votes = nearest.filter(([, label]) => label === own).length
    return all.every((label) => label === own || nearest.filter(([, l]) => l === label).length < votes)
  })
  return right.length / all.length
}

/** Points, each in the colour of its class. */
export const scattered = (xy: ArrayLike<number>, y: ArrayLike<number>, title: string): string => {
  const reach = 1.05 * Array.from(xy).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  const dots = Array.from({ length: xy.length / 2 }, (_, i) => [xy[2 * i] ?? 0, xy[2 * i + 1] ?? 0, y[i] ?? 0] as const)
  return plane({ x: [-reach, reach], y: [-reach, reach], dots, title })
}
