/**
 * Many numbers to one along axes, and running totals along one axis. NaN propagates; ties share the derivative
 * evenly. The derivative of a product is that of a program that computes it by halves, with multiplications only: so
 * it is right at every order where factors are 0.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type At, fn, kernel, type Monoid, reduce, type Scalar, whole } from '../kernel/index.ts'
import { at, type Closed, inline } from '../syntax/closed.ts'
import { ill, orThrow, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type DType, otherAxes, real, type Shape, sizeOf, type Type } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes, Reduced } from '../types/index.ts'
import { programOf } from './bodies.ts'
import {
  type AlongAxes,
  axesFor,
  broadcast,
  insert,
  onlyNumbers,
  reductionOf,
  reductionType,
  sum,
} from './broadcast.ts'
import { concat } from './concat.ts'
import { filled, like } from './constant.ts'
import { add, div, eq, mul, select } from './elementwise.ts'
import { apply, type Derivative, type Entry, only, type Recursion } from './entry.ts'
import { item } from './item.ts'
import { permute, reshape, reverse } from './reindex.ts'
import { boxAlong, pad, slice } from './window.ts'

/** The function that users call, for an entry whose attributes are axes. */
const alongAxes =
  <N extends string>(entry: Entry<AlongAxes, [0], N>) =>
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, `${N}()(x)`>) =>
  <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Reduced<S, A>, D> =>
    apply(entry, { axes: axesFor(axes, rankOf(x)) }, x)

/** A typing rule restricted to what has elements along the axes: there is no largest of none. */
const ofSome = (
  axes: Shape,
  { shape }: Type,
  rule: E.Either<Problem, readonly Type[]>,
): E.Either<Problem, readonly Type[]> =>
  E.chain((outs: readonly Type[]) =>
    sizeOf(shape) === 0 && outs.some((t) => sizeOf(t.shape) > 0)
      ? ill({ _tag: 'EmptyAxis', shape, axes })
      : E.right(outs),
  )(rule)

// -- the largest and the smallest ------------------------------------------------------------------------------------

const extreme = <Name extends string>(
  name: Name,
  sentence: string,
  latex: string,
  by: Monoid,
): Entry<AlongAxes, [0], Name> => ({
  name,
  sentence,
  latex,
  examples: [
    { attrs: { axes: [1] }, args: [real(3, 2)] },
    { attrs: { axes: [0, 1] }, args: [real(2, 3)] },
  ],
  ...reductionOf(by),
  type: (a, [x]) =>
    ofSome(
      a.axes,
      x,
      onlyNumbers(x, () => reductionType(a, [x])),
    ),
  derivative: ({ axes }, [x], outs) => {
    const spread = broadcast(shapeOf(x), otherAxes(axes, rankOf(x)))
    const hit = select(eq(x, spread(only(outs))), like(x, 1), like(x, 0))
    const share = div(hit, spread(sum(axes)(hit)))
    return [{ push: (t) => sum(axes)(mul(share, t)), pull: (ct) => mul(share, spread(ct)) }]
  },
})
const reduceMaxEntry = extreme(
  'reduceMax',
  'takes the largest along axes; ties share the derivative',
  '\\max_{$axes} $0',
  'max',
)
const reduceMinEntry = extreme(
  'reduceMin',
  'takes the smallest along axes; ties share the derivative',
  '\\min_{$axes} $0',
  'min',
)
/**
 * Takes the largest along axes; ties share the derivative. All axes by default. NaN if any is NaN. Errors:
 * AxisOutOfRange, ElementType, EmptyAxis
 */
export const reduceMax = operation('reduceMax(axes?)(x)', alongAxes(reduceMaxEntry))
/**
 * Takes the smallest along axes; ties share the derivative. All axes by default. NaN if any is NaN. Errors:
 * AxisOutOfRange, ElementType, EmptyAxis
 */
export const reduceMin = operation('reduceMin(axes?)(x)', alongAxes(reduceMinEntry))

// -- the index of the largest and of the smallest --------------------------------------------------------------------

type Along = { readonly axis: number }
const indexOfExtreme = <Name extends 'argmax' | 'argmin'>(
  name: Name,
  sentence: string,
  by: Monoid,
): Entry<Along, [0], Name> => ({
  name,
  sentence,
  latex: `\\operatorname{${name}}_{$axis} $0`,
  algebra: {},
  examples: [{ attrs: { axis: 1 }, args: [real(2, 3)] }],
  batch: { lift: ({ axis }) => ({ axis: axis + 1 }) },
  type: ({ axis }, [x]) => ofSome([axis], x, reductionType({ axes: [axis] }, [{ ...x, dtype: 'int' }])),
  derivative: () => [null],
  meaning: ({ axis }, [x]) =>
    kernel((i) => {
      const { shape } = x.type
      const n = item(shape, axis)
      const read = (k: At): Scalar => x.at(insert(shape.length, [axis], i, k))
      const best = reduce(by, [n], read)
      // the lowest index at which the element equals the best, or is NaN
      return reduce('min', [n], (k) =>
        fn('select', fn('or', fn('eq', read(k), best), fn('ne', read(k), read(k))), item(k, 0), whole(n)),
      )
    }),
})
const argmaxEntry = indexOfExtreme(
  'argmax',
  'gives the index of the largest: the lowest at a tie, that of the first NaN if there is one',
  'max',
)
const argminEntry = indexOfExtreme(
  'argmin',
  'gives the index of the smallest: the lowest at a tie, that of the first NaN if there is one',
  'min',
)
const indexAlong =
  (entry: Entry<Along, [0]>) =>
  <const A extends number>(axis: A) =>
  <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Reduced<S, A>, 'int'> =>
    apply(entry, { axis: axisOf(axis, rankOf(x)) }, x)
/**
 * Gives the index of the largest: the lowest at a tie, that of the first NaN if there is one. Errors: AxisOutOfRange,
 * EmptyAxis
 */
export const argmax = operation('argmax(axis)(x)', indexAlong(argmaxEntry))
/**
 * Gives the index of the smallest: the lowest at a tie, that of the first NaN if there is one. Errors: AxisOutOfRange,
 * EmptyAxis
 */
export const argmin = operation('argmin(axis)(x)', indexAlong(argminEntry))

// -- products and running totals -------------------------------------------------------------------------------------

/** x shifted by `by` along an axis; the gap is filled with a number. */
const shift = (x: Expr, axis: number, by: number, fill: number): Expr => {
  const shape = shapeOf(x)
  const n = item(shape, axis)
  const kept = slice(boxAlong(shape, axis, 0, n - by))(x)
  if (fill === 0) return pad({ ...boxAlong(shape, axis, by, n), shape })(kept)
  return concat(axis)([filled(x.type.dtype, boxAlong(shape, axis, 0, by).shape, fill), kept])
}
/** y_k = x_0 * ... * x_k in log n rounds: each round doubles the number of factors in every y_k. */
const prefix =
  (axis: number, join: (x: Expr, y: Expr) => Expr, unit: number) =>
  (x: Expr): Expr => {
    const n = item(shapeOf(x), axis)
    const round = (y: Expr, by: number): Expr => (by >= n ? y : round(join(shift(y, axis, by, unit), y), by * 2))
    return round(x, 1)
  }
/** The product along the last axis by halves. */
const halves = (x: Expr): Expr => {
  const shape = shapeOf(x)
  const rank = shape.length
  const n = item(shape, rank - 1)
  if (n === 0) return filled(x.type.dtype, shape.slice(0, -1), 1)
  if (n === 1) return reshape(shape.slice(0, -1))(x)
  const h = Math.floor(n / 2)
  const part = (start: number, m: number): Expr => slice(boxAlong(shape, rank - 1, start, m))(x)
  const product = mul(part(0, h), part(h, h))
  return halves(n % 2 === 0 ? product : concat(rank - 1)([product, part(n - 1, 1)]))
}
/** The derivative of a primitive that equals a program of one argument, through that program. */
const throughProgram = (body: Closed, x: Expr, rec: Recursion): Derivative => ({
  push: ([t]) => [t && inline(rec.jvp(body, [true]).body, [x, t])[0]],
  pull: ([ct]) => [ct && inline(orThrow(rec.vjp(body, [true], [true])), [x, ct])[0]],
})

const prodEntry: Entry<AlongAxes, [0], 'prod'> = {
  name: 'prod',
  sentence: 'multiplies along axes',
  latex: '\\prod_{$axes} $0',
  examples: [
    { attrs: { axes: [1] }, args: [real(2, 5)] },
    { attrs: { axes: [0, 1] }, args: [real(2, 3)] },
  ],
  ...reductionOf('mul'),
  derivative: ({ axes }, [x], _, rec) => {
    const kept = otherAxes(axes, rankOf(x))
    const shape = shapeOf(x)
    const last = (e: Expr): Expr =>
      reshape([...at(shape, kept), sizeOf(at(shape, axes))])(permute([...kept, ...axes])(e))
    return throughProgram(
      programOf([x.type], (e) => [halves(last(e))]),
      x,
      rec,
    )
  },
}
/**
 * Multiplies along axes. All axes by default. The derivative is right where factors are 0. Errors: AxisOutOfRange,
 * ElementType
 */
export const prod = operation('prod(axes?)(x)', alongAxes(prodEntry))

type Running = { readonly axis: number; readonly reverse: boolean }
/** What cumSum and cumProd share; join and unit are those of sum or product. */
const running = <Name extends string>(
  name: Name,
  sentence: string,
  join: (x: Expr, y: Expr) => Expr,
  unit: number,
  derivative: (a: Running, x: Expr, body: Closed, rec: Recursion) => Derivative,
): Entry<Running, [0], Name> => {
  const bodyOf = ({ axis, reverse: backwards }: Running, x: { readonly type: Type }): Closed => {
    const forwards = prefix(axis, join, unit)
    return programOf([x.type], (e) => [backwards ? reverse(axis)(forwards(reverse(axis)(e))) : forwards(e)])
  }
  return {
    name,
    sentence,
    latex: `\\operatorname{${name.toLowerCase()}}_{$axis} $0`,
    algebra: {},
    examples: [
      { attrs: { axis: 1, reverse: false }, args: [real(2, 5)] },
      { attrs: { axis: 0, reverse: true }, args: [real(3)] },
    ],
    batch: { lift: (a) => ({ ...a, axis: a.axis + 1 }) },
    type: ({ axis }, [x]) => onlyNumbers(x, () => E.map(() => [x])(reductionType({ axes: [axis] }, [x]))),
    derivative: (a, [x], _, rec) => derivative(a, x, bodyOf(a, x), rec),
    meaning: (a, [x]) => ({ _tag: 'Inline', body: bodyOf(a, x) }),
  }
}
const cumSumEntry = running('cumSum', 'running sums along an axis', add, 0, (a) => [
  { push: runningSum(a), pull: runningSum({ ...a, reverse: !a.reverse }) },
])
const runningSum =
  (a: Running) =>
  (x: Expr): Expr =>
    apply(cumSumEntry, a, x)
const cumProdEntry = running('cumProd', 'running products along an axis', mul, 1, (_, x, body, rec) =>
  throughProgram(body, x, rec),
)
/**
 * Running sums along an axis. out[k] = x[0] + ... + x[k], in O(n log n); `reverse` starts at the end. Errors:
 * AxisOutOfRange
 */
export const cumSum = operation(
  'cumSum(axis, reverse?)(x)',
  <const A extends number>(axis: A, reverse = false) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<S, D> =>
      apply(cumSumEntry, { axis: axisOf(axis, rankOf(x)), reverse }, x),
)
/** Running products along an axis. out[k] = x[0] * ... * x[k]; `reverse` starts at the end. Errors: AxisOutOfRange */
export const cumProd = operation(
  'cumProd(axis, reverse?)(x)',
  <const A extends number>(axis: A, reverse = false) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> =>
      apply(cumProdEntry, { axis: axisOf(axis, rankOf(x)), reverse }, x),
)

export const reductions = [
  reduceMaxEntry,
  reduceMinEntry,
  prodEntry,
  argmaxEntry,
  argminEntry,
  cumSumEntry,
  cumProdEntry,
] as const
