/** The classical method of Runge and Kutta, as a scan. */
import { add, type Expr, mul, scan } from '../src/index.ts'

export type Field = (x: Expr) => Expr
/** One step of the classical method of Runge and Kutta; its error is of order h^5. */
const step = (f: Field, h: number) => (x: Expr) => {
  const a = f(x)
  const b = f(add(x, mul(h / 2, a)))
  const c = f(add(x, mul(h / 2, b)))
  const d = f(add(x, mul(h, c)))
  return add(x, mul(h / 6, add(add(a, d), mul(2, add(b, c)))))
}
/** The points after 1, 2, ..., n steps: [n, 2]. */
export const motion = (f: Field, h: number, n: number) => (start: Expr) => {
  const next = step(f, h)
  return scan(
    (x: Expr) => {
      const y = next(x)
      return [y, y] as const
    },
    { length: n },
  )(start, null)[1] as Expr
}
