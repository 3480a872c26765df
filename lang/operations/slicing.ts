/** Parts of an array along one axis, with the conventions of Python: negative numbers count from the end. */

import { concat } from '../primitives/concat.ts'
import { reshape, reverse } from '../primitives/reindex.ts'
import { boxAlong, slice } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type DType, type Shape } from '../syntax/shape.ts'
import type { FitsAxes, FitsIndex, Removed, Replaced, Sliced } from '../types/index.ts'
import { axisProblem, derived, sizeAt, unless, wrong } from './derived.ts'

/** The `count` elements at start, start + step, start + 2 step, ... along an axis. A negative step goes backwards. */
export const strided =
  (axis: number, start: number, count: number, step: number) =>
  (x: Expr): Expr => {
    const shape = shapeOf(x)
    const lowest = step > 0 || count === 0 ? start : start + (count - 1) * step
    if (step === 1 && count === shape[axis]) return x
    const taken = slice(boxAlong(shape, axis, count === 0 ? 0 : lowest, count, Math.abs(step)))(x)
    return step > 0 ? taken : reverse(axis)(taken)
  }
/** As Python's slice(start, stop, step).indices(n), but [the first index, the number of indices]. */
export const indices = (
  n: number,
  start: number | undefined,
  stop: number | undefined,
  step: number,
): readonly [number, number] => {
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1]
  const clip = (i: number): number => Math.min(high, Math.max(low, i < 0 ? i + n : i))
  const from = start === undefined ? (step > 0 ? low : high) : clip(start)
  const to = stop === undefined ? (step > 0 ? high : low) : clip(stop)
  return [from, Math.max(0, Math.ceil((to - from) / step))]
}

const wholeProblem = (name: string, n: number | undefined): Problem | undefined =>
  unless(n === undefined || Number.isInteger(n), name, `of ${n} must be whole`)

type Part<
  S extends Shape,
  A extends number,
  From extends number | undefined,
  To extends number | undefined,
  Step extends number,
> = `${Step}` extends `-${string}` ? Replaced<S, A, number> : Sliced<S, A, From extends number ? From : 0, To, Step>
/**
 * x[start:stop:step] along an axis, as in Python: negative indices count from the end, indices out of range are
 * clipped, and a negative step goes backwards. Defaults: start = 0, stop = the end, step = 1
 *
 * Law:     sliceAlong(a)(x) = x;  sliceAlong(a, undefined, undefined, -1)(x) = reverse(a)(x)
 * Errors:  AxisOutOfRange, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(4), (x) => sliceAlong(0, 1, -1)(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[2, 3]]
 */
export const sliceAlong = operation(
  'sliceAlong(axis, start?, stop?, step?)(x)',
  <
    const A extends number,
    const From extends number | undefined = undefined,
    const To extends number | undefined = undefined,
    const Step extends number = 1,
  >(
    axis: A,
    start?: From,
    stop?: To,
    step?: Step,
  ) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Part<S, A, From, To, Step>, D> => {
      const e: Expr = x
      const by = step ?? 1
      const problem =
        axisProblem(axis, rankOf(e)) ??
        wholeProblem('start', start) ??
        wholeProblem('stop', stop) ??
        unless(Number.isInteger(by) && by !== 0, 'step', 'must be whole and not 0')
      return derived('sliceAlong', [e], problem, () => {
        const at = axisOf(axis, rankOf(e))
        return strided(at, ...indices(sizeAt(e, at), start, stop, by), by)(e)
      })
    },
)

/**
 * The slice at one index of an axis, without that axis. A negative index counts from the end.
 *
 * Shape:   [..., n, ...] -> [..., ...]
 * Errors:  AxisOutOfRange, InvalidAttribute
 */
export const take = operation(
  'take(axis, index)(x)',
  <const A extends number, const I extends number>(axis: A, index: I) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsIndex<S, A, I>): Expr<Removed<S, A>, D> => {
      const e: Expr = x
      const at = axisOf(axis, rankOf(e))
      const n = sizeAt(e, at)
      const outside =
        Number.isInteger(index) && index >= -n && index < n
          ? undefined
          : wrong('index', `${index} is outside an axis of size ${n}`)
      return derived('take', [e], axisProblem(axis, rankOf(e)) ?? outside, () =>
        reshape(shapeOf(e).filter((_, d) => d !== at))(strided(at, axisOf(index, n), 1, 1)(e)),
      )
    },
)

type Parts<S extends Shape, D extends DType, A extends number, Z extends Shape> = {
  readonly [I in keyof Z]: Expr<Replaced<S, A, Z[I]>, D>
}
/**
 * Cuts an axis into consecutive parts of given sizes.
 *
 * Shape:   [..., a + b, ...] -> [..., a, ...], [..., b, ...]
 * Law:     concat(a)(split(a, sizes)(x)) = x
 * Errors:  AxisOutOfRange; InvalidAttribute if the sizes do not add up to that of the axis
 */
export const split = operation(
  'split(axis, sizes)(x)',
  <const A extends number, const Z extends Shape>(axis: A, sizes: Z) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Parts<S, D, A, Z> => {
      const e: Expr = x
      const at = axisOf(axis, rankOf(e))
      const n = sizeAt(e, at)
      const fits = sizes.every((k) => Number.isInteger(k) && k >= 0) && sizes.reduce((a, b) => a + b, 0) === n
      const problem: Problem | undefined =
        axisProblem(axis, rankOf(e)) ??
        (fits ? undefined : wrong('sizes', `${sizes.join(' + ')} do not add up to ${n}`))
      const parts = sizes.map((k, i) =>
        derived('split', [e], problem, () =>
          strided(
            at,
            sizes.slice(0, i).reduce((a, b) => a + b, 0),
            k,
            1,
          )(e),
        ),
      )
      return parts as unknown as Parts<S, D, A, Z> // `map` keeps the length, which its type does not say
    },
)

/**
 * Rotates an axis of n elements: out[i] = x[(i - shift) mod n]. Elements shifted past its end come back at its start.
 *
 * Law:     roll(-k, a)(roll(k, a)(x)) = x
 * Errors:  AxisOutOfRange, InvalidAttribute
 */
export const roll = operation(
  'roll(shift, axis)(x)',
  <const A extends number>(shift: number, axis: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<S, D> => {
      const e: Expr = x
      const at = axisOf(axis, rankOf(e))
      const n = sizeAt(e, at)
      const problem = axisProblem(axis, rankOf(e)) ?? wholeProblem('shift', shift)
      return derived('roll', [e], problem, () => {
        const k = n === 0 ? 0 : ((shift % n) + n) % n
        return k === 0 ? e : concat(at)([strided(at, n - k, k, 1)(e), strided(at, 0, n - k, 1)(e)])
      })
    },
)
