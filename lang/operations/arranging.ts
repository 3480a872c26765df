/** The same numbers under other indices: axes added, removed, exchanged, repeated and stacked. All are linear. */

import { broadcast } from '../primitives/broadcast.ts'
import { permute, reshape, reverse } from '../primitives/reindex.ts'
import { boxAlong, slice } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, type DType, type Shape, sizeOf } from '../syntax/shape.ts'
import type {
  Axis,
  FitsAxes,
  FitsDims,
  FitsFlattened,
  FitsInserted,
  FitsRemoved,
  FitsSize,
  FitsStacked,
  Flattened,
  Gradual,
  Inserted,
  Mul,
  Removed,
  Replaced,
  Stacked,
  Tiled,
} from '../types/index.ts'
import { axesProblem, axisProblem, concatAll, derived, sizeAt, withSize, wrong } from './derived.ts'

/**
 * Inserts an axis of size 1 before axis `axis`; -1 appends it.
 *
 * Shape:   [..., n, ...] -> [..., 1, n, ...]
 * Errors:  AxisOutOfRange
 *
 * @example
 * unsqueeze(-1)(tensor([2], [1, 2])).type.shape // => [2, 1]
 */
export const unsqueeze = operation(
  'unsqueeze(axis)(x)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsInserted<S, A>): Expr<Inserted<S, A>, D> => {
      const e: Expr = x
      const at = axisOf(axis, rankOf(e) + 1)
      return derived('unsqueeze', [e], axisProblem(axis, rankOf(e) + 1), () =>
        reshape([...shapeOf(e).slice(0, at), 1, ...shapeOf(e).slice(at)])(e),
      )
    },
)
/**
 * Removes an axis, which must have size 1.
 *
 * Shape:   [..., 1, ...] -> [..., ...]
 * Law:     squeeze(a)(unsqueeze(a)(x)) = x
 * Errors:  AxisOutOfRange, InvalidAttribute
 */
export const squeeze = operation(
  'squeeze(axis)(x)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsRemoved<S, A>): Expr<Removed<S, A>, D> => {
      const e: Expr = x
      const at = axisOf(axis, rankOf(e))
      const n = shapeOf(e)[at]
      const problem =
        axisProblem(axis, rankOf(e)) ?? (n === 1 ? undefined : wrong('axis', `${axis} has size ${n}, not 1`))
      return derived('squeeze', [e], problem, () => reshape(shapeOf(e).filter((_, d) => d !== at))(e))
    },
)

type Swapped<S extends Shape, I extends number, J extends number> = number extends S['length'] | I | J
  ? Gradual
  : {
      readonly [K in keyof S]: K extends `${Axis<S, I>}`
        ? S[Axis<S, J>]
        : K extends `${Axis<S, J>}`
          ? S[Axis<S, I>]
          : S[K]
    }
/**
 * Exchanges two axes (numpy's swapaxes, torch's transpose).
 *
 * Shape:   [..., n, ..., m, ...] -> [..., m, ..., n, ...]
 * Law:     swapAxes(i, j)(swapAxes(i, j)(x)) = x
 * Errors:  AxisOutOfRange
 */
export const swapAxes = operation(
  'swapAxes(i, j)(x)',
  <const I extends number, const J extends number>(i: I, j: J) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, I> & FitsAxes<S, J>): Expr<Swapped<S, I, J>, D> => {
      const e: Expr = x
      const [a, b] = [axisOf(i, rankOf(e)), axisOf(j, rankOf(e))]
      return derived('swapAxes', [e], axisProblem(i, rankOf(e)) ?? axisProblem(j, rankOf(e)), () =>
        permute(axesOf(rankOf(e)).map((d) => (d === a ? b : d === b ? a : d)))(e),
      )
    },
)
/**
 * Joins all axes from `from` on into one, in row-major order. Default: from = 0
 *
 * Shape:   [A, B, C] -> [A B C], or with from = 1: [A, B C]; [] -> [1]
 * Errors:  AxisOutOfRange
 */
export const flatten = operation(
  'flatten(from?)(x)',
  <const A extends number = 0>(from?: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsFlattened<S, A>): Expr<Flattened<S, A>, D> => {
      const e: Expr = x
      const at = axisOf(from ?? 0, rankOf(e))
      const scalar = rankOf(e) === 0 && at === 0
      return derived('flatten', [e], scalar ? undefined : axisProblem(at, rankOf(e)), () =>
        reshape([...shapeOf(e).slice(0, at), sizeOf(shapeOf(e).slice(at))])(e),
      )
    },
)

type ShapesOf<X> = { readonly [K in keyof X]: X[K] extends Expr<infer S, DType> ? S : never }
type First<X> = X extends readonly [infer H, ...unknown[]] ? H : X extends readonly (infer H)[] ? H : never
type StackedOf<X extends readonly Expr[], A extends number> =
  First<X> extends Expr<infer S, infer D> ? Expr<Stacked<S, X['length'], A>, D> : Expr
/**
 * Stacks arrays of one shape along a new axis.
 *
 * Shape:   n times [A, B] -> [n, A, B] for axis 0, [A, B, n] for axis -1
 * Law:     take(a, i)(stack(a)(xs)) = xs[i]
 * Errors:  ShapeMismatch, AxisOutOfRange, ElementType
 *
 * @example
 * const x = tensor([3], [1, 2, 3])
 * stack(0)([x, x]).type.shape // => [2, 3]
 */
export const stack = operation(
  'stack(axis)(arrays)',
  <const A extends number>(axis: A) =>
    <const X extends readonly Expr[]>(xs: X & FitsStacked<ShapesOf<X>, A>): StackedOf<X, A> => {
      // FitsStacked is for callers
      const layers = (xs as readonly Expr[]).map((x): Expr => unsqueeze(axis)(x))
      const joined = concatAll(axisOf(axis, rankOf(nth(layers, 0))), layers)
      return joined as StackedOf<X, A>
    },
)

/**
 * The slices along an axis, without that axis: jax.numpy's unstack, torch's unbind.
 *
 * Shape:   [A, n, B] -> n times [A, B], for axis 1
 * Law:     stack(a)(unstack(a)(x)) = x
 * Errors:  AxisOutOfRange
 *
 * @example
 * unstack(0)(tensor([2, 2], [[1, 2], [3, 4]])).map((x) => x.type.shape) // => [[2], [2]]
 */
export const unstack = operation(
  'unstack(axis)(x)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): readonly Expr<Removed<S, A>, D>[] => {
      const e: Expr = x
      const problem = axisProblem(axis, rankOf(e))
      const at = axisOf(axis, rankOf(e))
      const n = problem === undefined ? sizeAt(e, at) : 1
      const rest = shapeOf(e).filter((_, d) => d !== at)
      return Array.from({ length: n }, (_, k) =>
        derived('unstack', [e], problem, () => reshape(rest)(slice(boxAlong(shapeOf(e), at, k, 1))(e))),
      )
    },
)

/**
 * Repeats every number n times along an axis: out[i] = x[floor(i / n)].
 *
 * Shape:   [..., m, ...] -> [..., m n, ...]
 * Errors:  AxisOutOfRange, InvalidAttribute
 */
export const repeatInterleave = operation(
  'repeatInterleave(n, axis)(x)',
  <const N extends number, const A extends number>(n: N & FitsSize<N>, axis: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Replaced<S, A, Repeated<S, A, N>>, D> => {
      const e: Expr = x
      const [rank, at] = [rankOf(e), axisOf(axis, rankOf(e))]
      const problem = axisProblem(axis, rank) ?? positive('n', [n])
      return derived('repeatInterleave', [e], problem, () => {
        const wide = [...shapeOf(e).slice(0, at + 1), n, ...shapeOf(e).slice(at + 1)]
        const copies = broadcast(
          wide,
          axesOf(rank).map((d) => (d > at ? d + 1 : d)),
        )(e)
        return reshape(withSize(shapeOf(e), at, sizeAt(e, at) * n))(copies)
      })
    },
)
type Repeated<S extends Shape, A extends number, N extends number> = S[Axis<S, A>] extends infer M extends number
  ? Mul<M, N>
  : number
const positive = (name: string, ns: readonly number[]): Problem | undefined =>
  ns.every((n) => Number.isInteger(n) && n >= 0) ? undefined : wrong(name, 'must be whole and not negative')

/**
 * Repeats the whole array reps[d] times along axis d: out[i] = x[i mod n]. Ones are put in front of the shorter of
 * shape and reps.
 *
 * Shape:   [n, m] with reps [r, s] -> [r n, s m]
 * Errors:  InvalidAttribute
 */
export const tile = operation(
  'tile(reps)(x)',
  <const R extends Shape>(reps: R & FitsDims<R>) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Tiled<S, R>, D> => {
      const e: Expr = x
      const rank = Math.max(reps.length, rankOf(e))
      const filled = (s: Shape): Shape => [...axesOf(rank - s.length).map(() => 1), ...s]
      const [own, times] = [filled(shapeOf(e)), filled(reps)]
      return derived('tile', [e], positive('reps', reps), () => {
        const pairs = own.flatMap((n, d) => [nth(times, d), n])
        const copies = broadcast(
          pairs,
          axesOf(rank).map((d) => 2 * d + 1),
        )(reshape(own)(e))
        return reshape(own.map((n, d) => n * nth(times, d)))(copies)
      })
    },
)
/** Reverses the order along axes: the primitive `reverse` under numpy's name. */
export const flip: typeof reverse = operation('flip(axes)(x)', reverse)

type LastDigit<N extends string> = N extends `${string}${'1' | '3' | '5' | '7' | '9'}` ? 'odd' : 'even'
type Turned<S extends Shape, K extends number, I extends number, J extends number> = number extends K
  ? Gradual
  : LastDigit<`${K}`> extends 'odd'
    ? Swapped<S, I, J>
    : S
/**
 * Turns the plane of two axes by k right angles, from the first axis towards the second (numpy.rot90). Defaults: k = 1,
 * axes = [0, 1]
 *
 * Law:     rot90(4)(x) = x
 * Errors:  AxisOutOfRange; InvalidAttribute where k is not whole
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => rot90()(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[2, 4, 1, 3]]
 */
export const rot90 = operation(
  'rot90(k?, axes?)(x)',
  <const K extends number = 1, const I extends number = 0, const J extends number = 1>(k?: K, axes?: readonly [I, J]) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, readonly [I, J]>): Expr<Turned<S, K, I, J>, D> => {
      const e: Expr = x
      const [i, j] = (axes ?? [0, 1]).map((d) => axisOf(d, rankOf(e))) as [number, number]
      const turns = k ?? 1
      const problem =
        axesProblem([i, j], rankOf(e)) ?? (Number.isInteger(turns) ? undefined : wrong('k', 'must be whole'))
      return derived('rot90', [e], problem, () => {
        const swap = permute(axesOf(rankOf(e)).map((d) => (d === i ? j : d === j ? i : d)))
        const turn = [
          (y: Expr) => y,
          (y: Expr) => swap(reverse(j)(y)),
          (y: Expr) => reverse([i, j])(y),
          (y: Expr) => reverse(j)(swap(y)),
        ]
        return nth(turn, ((turns % 4) + 4) % 4)(e)
      })
    },
)
