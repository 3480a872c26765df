/** Numbers known when the program is written. No arguments, so never batched and never differentiated. */
import * as E from 'fp-ts/lib/Either.js'
import { kernel, num, type Scalar } from '../kernel/index.ts'
import { ill, invalid } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { areAxes, type DType, type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsDims } from '../types/index.ts'
import { apply, type Entry } from './entry.ts'

type Constant = { readonly dtype: DType; readonly shape: Shape; readonly value: number }
export const constantEntry: Entry<Constant, []> = {
  name: 'constant', latex: '$value', sentence: { en: 'one number at every index', fr: 'un même nombre à chaque indice' }, algebra: {},
  examples: [{ attrs: { dtype: 'real', shape: [2], value: 0.5 }, args: [] }, { attrs: { dtype: 'int', shape: [], value: 3 }, args: [] }],
  batch: { rule: (a) => ({ outs: [apply(constantEntry, a)], batched: [false] }) },
  type: ({ dtype, shape, value }) =>
    dtype === 'int' && !Number.isInteger(value) ? invalid('value', `${value} is not an integer`) : E.right([{ dtype, shape }]),
  derivative: () => [],
  meaning: ({ value, dtype }) => kernel(() => num(value, dtype)),
}
/** One real number at every index of a shape. */
export const constant = <const S extends Shape>(shape: S & FitsDims<S>, value: number): Expr<S, 'real'> =>
  apply(constantEntry, { dtype: 'real', shape, value })
/** One number at every index, of any element type. */
export const filled = (dtype: DType, shape: Shape, value: number): Expr => apply(constantEntry, { dtype, shape, value })
/** One number, as the element type and shape of another expression. */
export const like = <S extends Shape, D extends DType>(x: Expr<S, D>, value: number): Expr<S, D> =>
  filled(x.type.dtype, shapeOf(x), value)

type Literal = { readonly dtype: DType; readonly shape: Shape; readonly data: readonly number[] }
export const literalEntry: Entry<Literal, []> = {
  name: 'literal', latex: '$data', sentence: { en: 'an array written out', fr: 'un tableau écrit en entier' }, algebra: {},
  examples: [{ attrs: { dtype: 'real', shape: [3], data: [1, -2, 0.5] }, args: [] }],
  batch: { rule: (a) => ({ outs: [apply(literalEntry, a)], batched: [false] }) },
  type: ({ dtype, shape, data }) =>
    data.length === sizeOf(shape) ? E.right([{ dtype, shape }]) : ill({ _tag: 'SizeMismatch', from: [data.length], to: shape }),
  derivative: () => [],
  meaning: ({ data }) => ({ _tag: 'Data', values: data }),
}
/** An array of given elements in row-major order: tensor([2, 2], [1, 2, 3, 4]). */
export const tensor = <const S extends Shape>(shape: S & FitsDims<S>, data: readonly number[]): Expr<S, 'real'> =>
  apply(literalEntry, { dtype: 'real', shape, data: [...data] })
/** The same, of integers. */
export const intTensor = <const S extends Shape>(shape: S & FitsDims<S>, data: readonly number[]): Expr<S, 'int'> =>
  apply(literalEntry, { dtype: 'int', shape, data: [...data] })

type Iota = { readonly shape: Shape; readonly axis: number }
export const iotaEntry: Entry<Iota, []> = {
  name: 'iota', latex: 'i_{$axis}', sentence: { en: 'the index along an axis', fr: 'l’indice le long d’un axe' }, algebra: {},
  examples: [{ attrs: { shape: [2, 3], axis: 1 }, args: [] }],
  batch: { rule: (a) => ({ outs: [apply(iotaEntry, a)], batched: [false] }) },
  type: ({ shape, axis }) =>
    shape.length === 0 ? invalid('shape', 'of iota has no axis')
    : areAxes([axis], shape.length) ? E.right([{ dtype: 'int', shape }])
    : ill({ _tag: 'AxisOutOfRange', axes: [axis], rank: shape.length }),
  derivative: () => [],
  meaning: ({ axis }) => kernel((i) => i[axis] as Scalar),
}
/** 0, 1, 2, ... along an axis, as integers. */
export const iota = <const S extends Shape>(shape: S & FitsDims<S>, axis = 0): Expr<S, 'int'> => apply(iotaEntry, { shape, axis })

export const constants: readonly Entry[] = [constantEntry, literalEntry, iotaEntry]
