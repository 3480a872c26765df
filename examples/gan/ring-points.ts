/** Eight Gaussians on a ring: the distribution on which generators are tried, since many learn only some of its modes. */
import { add, cos, type Expr, floor, foldIn, type Key, mul, normal, sin, stack, uniform } from '../../src/index.ts'

export const modes = 8
/** The radius of the ring, and the deviation of each mode. */
export const [radius, sigma] = [2, 0.1] as const

/** n points of the mixture, from a key. Shape: [n, 2] */
export const ringPoints =
  <const N extends number>(n: N) =>
  (key: Key): Expr<readonly [N, 2], 'real'> => {
    const size: number = n
    const angle = mul((2 * Math.PI) / modes, floor(mul(modes, uniform([size])(foldIn(0)(key)))))
    const centres = stack(1)([mul(radius, cos(angle)), mul(radius, sin(angle))])
    const points = add(centres, mul(sigma, normal([size, 2])(foldIn(1)(key))))
    return points as Expr<readonly [N, 2], 'real'> // n is a type parameter here, which `stack` cannot count
  }
/** Of points [n, 2]: how many are good, which is within three deviations of a mode, and how many are at each mode. */
export const covered = (points: ArrayLike<number>) => {
  const counts = Array.from({ length: modes }, () => 0)
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0]
    const k = (Math.round((Math.atan2(y, x) * modes) / (2 * Math.PI)) + modes) % modes
    const angle = (2 * Math.PI * k) / modes
    const away = Math.hypot(x - radius * Math.cos(angle), y - radius * Math.sin(angle))
    if (away <= 3 * sigma) counts[k] = (counts[k] ?? 0) + 1
  }
  return { counts, good: counts.reduce((a, b) => a + b, 0) / (points.length / 2) }
}
