/**
 * Many numbers to one along axes, and running totals along one axis. NaN propagates; ties share the derivative evenly.
 * Products are differentiated through their definition by doubling, made of multiplications only, so that factors of 0
 * are right at every order.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type At, fn, kernel, type Monoid, reduce, type Scalar, whole } from '../kernel/index.ts'
import { at, type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { ill, orThrow } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { axisOf, type DType, otherAxes, real, type Shape, sizeOf, type Type } from '../syntax/shape.ts'
import type { FitsAxes, Reduced } from '../types/index.ts'
import { type Axes, axesFor, broadcast, insert, liftReduction, type Reduction, reductionType, sum } from './broadcast.ts'
import { concat } from './concat.ts'
import { filled, like } from './constant.ts'
import { add, div, eq, mul, select } from './elementwise.ts'
import { apply, type Derivative, type Entry, type Recursion, type Words } from './entry.ts'
import { permute, reshape, reverse } from './reindex.ts'
import { boxAlong, pad, slice } from './window.ts'

// -- the largest and the smallest ------------------------------------------------------------------------------------

const extreme = (name: 'reduceMax' | 'reduceMin', by: Monoid, latex: string, sentence: Words): Entry<Reduction, [0]> => {
  const entry: Entry<Reduction, [0]> = {
    name, latex, sentence, algebra: {},
    examples: [{ attrs: { axes: [1] }, args: [real(3, 2)] }, { attrs: { axes: [0, 1] }, args: [real(2, 3)] }],
    batch: liftReduction,
    type: (a, [x]) => (x.dtype === 'bool' ? ill({ _tag: 'ElementType', expected: ['real', 'int'], found: ['bool'] }) : reductionType(a, [x])),
    derivative: ({ axes }, [x], [y]) => {
      const spread = broadcast(shapeOf(x), otherAxes(axes, rankOf(x)))
      const hit = select(eq(x, spread(y as Expr)), like(x, 1), like(x, 0))
      const share = div(hit, spread(sum(axes)(hit)))
      return [{ push: (t) => sum(axes)(mul(share, t)), pull: (ct) => mul(share, spread(ct)) }]
    },
    meaning: ({ axes }, [x]) => kernel((i) => reduce(by, at(x.type.shape, axes), (k) => x.at(insert(x.type.shape.length, axes, i, k)))),
  }
  return entry
}
export const reduceMaxEntry = extreme('reduceMax', 'max', '\\max_{$axes} $0', { en: 'takes the largest along axes; ties share the derivative', fr: 'prend le plus grand le long d’axes ; les ex æquo se partagent la dérivée' })
export const reduceMinEntry = extreme('reduceMin', 'min', '\\min_{$axes} $0', { en: 'takes the smallest along axes; ties share the derivative', fr: 'prend le plus petit le long d’axes ; les ex æquo se partagent la dérivée' })
const along = (entry: Entry<Reduction, [0]>) => <const A extends Axes = undefined>(axes?: A) =>
  <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Reduced<S, A>, D> => apply(entry, { axes: axesFor(axes, rankOf(x as Expr)) }, x as Expr)
/** The largest along axes (all by default). NaN if any is NaN. Errors: AxisOutOfRange, ElementType */
export const reduceMax = along(reduceMaxEntry)
export const reduceMin = along(reduceMinEntry)

// -- where they stand ------------------------------------------------------------------------------------------------

type Along = { readonly axis: number }
const place = (name: 'argmax' | 'argmin', by: Monoid, sentence: Words): Entry<Along, [0]> => ({
  name, latex: `\\operatorname{${name}}_{$axis} $0`, sentence, algebra: {},
  examples: [{ attrs: { axis: 1 }, args: [real(2, 3)] }],
  batch: { lift: ({ axis }) => ({ axis: axis + 1 }) },
  type: ({ axis }, [x]) => E.map(([t]: readonly Type[]) => [{ dtype: 'int' as DType, shape: (t as Type).shape }])(reductionType({ axes: [axis] }, [x])),
  derivative: () => [null],
  meaning: ({ axis }, [x]) => kernel((i) => {
    const n = x.type.shape[axis] as number, read = (k: At): Scalar => x.at(insert(x.type.shape.length, [axis], i, k))
    const best = reduce(by, [n], read)
    // the first that equals the best, or the first NaN
    return reduce('min', [n], (k) => fn('select', fn('or', fn('eq', read(k), best), fn('ne', read(k), read(k))), k[0] as Scalar, whole(n)))
  }),
})
export const argmaxEntry = place('argmax', 'max', { en: 'says where the largest stands: the first of equals, the first NaN', fr: 'dit où se trouve le plus grand : le premier des égaux, le premier NaN' })
export const argminEntry = place('argmin', 'min', { en: 'says where the smallest stands: the first of equals, the first NaN', fr: 'dit où se trouve le plus petit : le premier des égaux, le premier NaN' })
const locate = (entry: Entry<Along, [0]>) => <const A extends number>(axis: A) =>
  <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Reduced<S, A>, 'int'> => apply(entry, { axis: axisOf(axis, rankOf(x as Expr)) }, x as Expr)
export const argmax = locate(argmaxEntry)
export const argmin = locate(argminEntry)

// -- products and running totals -------------------------------------------------------------------------------------

/** x moved `by` places along an axis, the gap filled with a number. */
const shift = (x: Expr, axis: number, by: number, fill: number): Expr => {
  const shape = shapeOf(x), n = shape[axis] as number
  const kept = slice(boxAlong(shape, axis, 0, n - by))(x)
  return fill === 0 ? pad({ ...boxAlong(shape, axis, by, n), shape })(kept) : concat(axis)([filled(x.type.dtype, boxAlong(shape, axis, 0, by).shape, fill), kept])
}
/** y_k = x_0 * ... * x_k in log n rounds: each round joins runs of twice the length. */
const prefix = (axis: number, join: (x: Expr, y: Expr) => Expr, unit: number) => (x: Expr): Expr => {
  const n = shapeOf(x)[axis] as number
  const go = (y: Expr, by: number): Expr => (by >= n ? y : go(join(shift(y, axis, by, unit), y), by * 2))
  return go(x, 1)
}
/** The product along the last axis by halves. */
const halves = (x: Expr): Expr => {
  const shape = shapeOf(x), rank = shape.length, n = shape[rank - 1] as number
  if (n === 0) return filled(x.type.dtype, shape.slice(0, -1), 1)
  if (n === 1) return reshape(shape.slice(0, -1))(x)
  const h = Math.floor(n / 2), part = (start: number, m: number) => slice(boxAlong(shape, rank - 1, start, m))(x)
  const product = mul(part(0, h), part(h, h))
  return halves(n % 2 === 0 ? product : concat(rank - 1)([product, part(n - 1, 1)]))
}
const program = (x: Type, f: (x: Expr) => Expr): Closed => closeOver(numbered([x]), ([e]) => [f(e as Expr)])
/** The derivative of a primitive that equals a program, through that program. */
const throughProgram = (body: Closed, x: Expr, rec: Recursion): Derivative => ({
  push: ([t]) => [t && inline(rec.jvp(body, [true]).body, [x, t])[0]],
  pull: ([ct]) => [ct && inline(orThrow(rec.vjp(body, [true], [true])), [x, ct])[0]],
})

export const prodEntry: Entry<Reduction, [0]> = {
  name: 'prod', latex: '\\prod_{$axes} $0', sentence: { en: 'multiplies along axes', fr: 'multiplie le long d’axes' }, algebra: {},
  examples: [{ attrs: { axes: [1] }, args: [real(2, 5)] }, { attrs: { axes: [0, 1] }, args: [real(2, 3)] }],
  batch: liftReduction,
  type: (a, [x]) => (x.dtype === 'bool' ? ill({ _tag: 'ElementType', expected: ['real', 'int'], found: ['bool'] }) : reductionType(a, [x])),
  derivative: ({ axes }, [x], _, rec) => {
    const kept = otherAxes(axes, rankOf(x)), shape = shapeOf(x)
    const last = (e: Expr): Expr => reshape([...at(shape, kept), sizeOf(at(shape, axes))])(permute([...kept, ...axes])(e))
    return throughProgram(program(x.type, (e) => halves(last(e))), x, rec)
  },
  meaning: ({ axes }, [x]) => kernel((i) => reduce('mul', at(x.type.shape, axes), (k) => x.at(insert(x.type.shape.length, axes, i, k)))),
}
/** The product along axes (all by default); its derivative is right where factors are 0. Errors: AxisOutOfRange */
export const prod = along(prodEntry)

type Running = { readonly axis: number; readonly reverse: boolean }
const runningType: Entry<Running, [0]>['type'] = ({ axis }, [x]) =>
  x.dtype === 'bool' ? ill({ _tag: 'ElementType', expected: ['real', 'int'], found: ['bool'] })
  : E.map(() => [x])(reductionType({ axes: [axis] }, [x]))
const running = ({ axis, reverse: back }: Running, join: (x: Expr, y: Expr) => Expr, unit: number) => (x: Expr): Expr =>
  back ? reverse(axis)(prefix(axis, join, unit)(reverse(axis)(x))) : prefix(axis, join, unit)(x)

export const cumSumEntry: Entry<Running, [0]> = {
  name: 'cumSum', latex: '\\operatorname{cumsum}_{$axis} $0', sentence: { en: 'running sums along an axis', fr: 'sommes cumulées le long d’un axe' }, algebra: {},
  examples: [{ attrs: { axis: 1, reverse: false }, args: [real(2, 5)] }, { attrs: { axis: 0, reverse: true }, args: [real(3)] }],
  batch: { lift: (a) => ({ ...a, axis: a.axis + 1 }) },
  type: runningType,
  derivative: (a) => [{ push: runningSum(a), pull: runningSum({ ...a, reverse: !a.reverse }) }],
  meaning: (a, [x]) => ({ _tag: 'Inline', body: program(x.type, running(a, add, 0)) }),
}
const runningSum = (a: Running) => (x: Expr): Expr => apply(cumSumEntry, a, x)
/** Running sums: out[k] = x[0] + ... + x[k]. In O(n log n), by doubling. Errors: AxisOutOfRange */
export const cumSum = <const A extends number>(axis: A, reverse = false) =>
  <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<S, D> =>
    apply(cumSumEntry, { axis: axisOf(axis, rankOf(x as Expr)), reverse }, x as Expr)

export const cumProdEntry: Entry<Running, [0]> = {
  name: 'cumProd', latex: '\\operatorname{cumprod}_{$axis} $0', sentence: { en: 'running products along an axis', fr: 'produits cumulés le long d’un axe' }, algebra: {},
  examples: [{ attrs: { axis: 1, reverse: false }, args: [real(2, 5)] }, { attrs: { axis: 0, reverse: true }, args: [real(3)] }],
  batch: { lift: (a) => ({ ...a, axis: a.axis + 1 }) },
  type: runningType,
  derivative: (a, [x], _, rec) => throughProgram(program(x.type, running(a, mul, 1)), x, rec),
  meaning: (a, [x]) => ({ _tag: 'Inline', body: program(x.type, running(a, mul, 1)) }),
}
/** Running products: out[k] = x[0] * ... * x[k]. Errors: AxisOutOfRange */
export const cumProd = <const A extends number>(axis: A, reverse = false) =>
  <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> =>
    apply(cumProdEntry, { axis: axisOf(axis, rankOf(x as Expr)), reverse }, x as Expr)

export const reductions: readonly Entry[] = [reduceMaxEntry, reduceMinEntry, prodEntry, argmaxEntry, argminEntry, cumSumEntry, cumProdEntry]
