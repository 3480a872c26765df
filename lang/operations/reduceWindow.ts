/** Windows and whole axes joined by any associative function. */

import { constant } from '../primitives/constant.ts'
import { lt, select } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, type Shape, sizeOf } from '../syntax/shape.ts'
import type { Gradual } from '../types/index.ts'
import { type ColumnOptions, listed, slidingOf } from './columns.ts'
import { concatAll, derived, differ, sizeAt } from './derived.ts'
import { strided } from './slicing.ts'

type Join = (a: Expr, b: Expr) => Expr
/** The elements of the last axis joined in their order, neighbours first. */
const joined = (f: Join, x: Expr): Expr => {
  const [axis, n] = [rankOf(x) - 1, sizeAt(x, -1)]
  if (n === 1) return reshape(shapeOf(x).slice(0, -1))(x)
  const half = Math.floor(n / 2)
  const pairs = f(strided(axis, 0, half, 2)(x), strided(axis, 1, half, 2)(x))
  return joined(f, n === 2 * half ? pairs : concatAll(axis, [pairs, strided(axis, n - 1, 1, 1)(x)]))
}
/**
 * The elements of every window joined by an associative function of two arrays, in row-major order (jax.lax.reduce_window). `unit`
 * stands for the padding: f(unit, x) = x.
 *
 * Shape:   [..., ...H] -> [..., ...H'], for as many of the last axes as `kernel` has sizes; H' as in conv
 * Options: kernel; stride (1), dilation (1), pad (0): as in conv
 * Law:     reduceWindow(add, 0, { kernel: [k] })(x) = k avgPool({ kernel: [k], stride: 1 })(x)
 * Cost:    K - 1 applications of f per window of K elements, in log2 K steps
 * Errors:  InvalidAttribute, RankMismatch; ShapeMismatch where f changes shapes; those inside f
 *
 * @example
 * const f = programOrThrow(real(4), (x) => reduceWindow(mul, 1, { kernel: [2] })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[2, 6, 12]]
 */
export const reduceWindow = operation(
  'reduceWindow(f, unit, options{kernel stride pad dilation})(x)',
  // never: a function of two arrays of one shape, which is checked when it is built
  (join: (a: never, b: never) => Expr, unit: number, options: ColumnOptions) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Gradual, D> => {
      const e: Expr = x
      const f = join as (a: Expr, b: Expr) => Expr
      const n = options.kernel.length
      const front = rankOf(e) - n
      const { windows, counts, problem } = slidingOf(options, shapeOf(e).slice(Math.max(0, front)))
      const rank: Problem | undefined = front < 0 ? { _tag: 'RankMismatch', expected: n, shape: shapeOf(e) } : undefined
      const sample = f(e, e)
      return derived('reduceWindow', [e, sample], rank ?? problem ?? differ(shapeOf(e), shapeOf(sample)), () => {
        const own = windows.map((w) => w.length)
        const inArray = lt(0, listed(windows, constant(own, 1)))
        const elements = select(inArray, listed(windows, e), unit)
        const whole = [...shapeOf(e).slice(0, front), ...counts, sizeOf(options.kernel)]
        return joined(f, reshape(whole)(elements))
      }) as Expr<Gradual, D>
    },
)
