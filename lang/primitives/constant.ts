/** Numbers known when the program is written. They have no arguments, so they are never batched nor differentiated. */
import * as E from 'fp-ts/lib/Either.js'
import { kernel, num } from '../kernel/index.ts'
import { elementProblem, ill, invalid, type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { elementsIn, isNested } from '../syntax/nested.ts'
import { operation } from '../syntax/operation.ts'
import { areAxes, type DType, isElement, type Shape, sizeOf } from '../syntax/shape.ts'
import type { NestedRows } from '../syntax/tree.ts'
import type { FitsDims } from '../types/index.ts'
import { apply, type Entry, refuse } from './entry.ts'
import { item } from './item.ts'

/** The number as an element: integers have one zero. */
const elementOf = (dtype: DType, x: number): number => (dtype === 'real' ? x : x + 0)

type Constant = { readonly dtype: DType; readonly shape: Shape; readonly value: number }
export const constantEntry: Entry<Constant, [], 'constant'> = {
  name: 'constant',
  sentence: 'one number at every index',
  latex: '$value',
  algebra: {},
  examples: [
    { attrs: { dtype: 'real', shape: [2], value: 0.5 }, args: [] },
    { attrs: { dtype: 'int', shape: [], value: 3 }, args: [] },
  ],
  batch: { rule: (a) => ({ outs: [apply(constantEntry, a)], batched: [false] }) },
  type: ({ dtype, shape, value }) => {
    const problem = elementProblem(dtype, value)
    return problem === undefined ? E.right([{ dtype, shape }]) : ill(problem)
  },
  derivative: () => [],
  meaning: ({ value, dtype }) => kernel(() => num(elementOf(dtype, value), dtype)),
}
/** One number at every index. It is real; like and filled take other element types. Shape: -> shape */
export const constant = operation(
  'constant(shape, value)',
  <const S extends Shape>(shape: S & FitsDims<S>, value: number): Expr<S, 'real'> =>
    apply(constantEntry, { dtype: 'real', shape, value }),
)
/** One number at every index, of any element type. */
export const filled = (dtype: DType, shape: Shape, value: number): Expr => apply(constantEntry, { dtype, shape, value })
/** One number at every index, with the element type and shape of another expression. */
export const like = operation(
  'like(x, value)',
  <S extends Shape, D extends DType>(x: Expr<S, D>, value: number): Expr<S, D> =>
    filled(x.type.dtype, shapeOf(x), value),
)

const lengthProblem = (shape: Shape, data: readonly number[]): Problem | undefined =>
  data.length === sizeOf(shape) ? undefined : { _tag: 'SizeMismatch', from: [data.length], to: shape }
const firstProblem = (dtype: DType, data: readonly number[]): Problem | undefined => {
  const stray = data.find((x) => !isElement(dtype, x))
  return stray === undefined ? undefined : elementProblem(dtype, stray)
}
type Literal = { readonly dtype: DType; readonly shape: Shape; readonly data: readonly number[] }
export const literalEntry: Entry<Literal, [], 'literal'> = {
  name: 'literal',
  sentence: 'an array with all its elements given',
  latex: '$data',
  algebra: {},
  examples: [{ attrs: { dtype: 'real', shape: [3], data: [1, -2, 0.5] }, args: [] }],
  batch: { rule: (a) => ({ outs: [apply(literalEntry, a)], batched: [false] }) },
  type: ({ dtype, shape, data }) => {
    const problem = shapeProblem(shape) ?? lengthProblem(shape, data) ?? firstProblem(dtype, data)
    return problem === undefined ? E.right([{ dtype, shape }]) : ill(problem)
  },
  derivative: () => [],
  meaning: ({ dtype, data }) => ({ _tag: 'Data', values: data.map((x) => elementOf(dtype, x)) }),
}
/** The literal of flat data, or of nested data of this shape. */
const literal = (op: string, dtype: DType, shape: Shape, data: readonly unknown[]): Expr => {
  const elements = isNested(data) ? elementsIn('the data', shape, data) : (data as readonly number[])
  return typeof elements === 'string'
    ? refuse(op, { _tag: 'Malformed', what: elements }, [])
    : apply(literalEntry, { dtype, shape, data: Array.from(elements) })
}
/**
 * An array with all its elements given. They are nested, as in tensor([2, 2], [[1, 2], [3, 4]]), or in row-major order, as in
 * tensor([2, 2], [1, 2, 3, 4]). Errors: SizeMismatch; Malformed for nested data of another shape
 */
export const tensor = operation(
  'tensor(shape, data)',
  <const S extends Shape>(shape: S & FitsDims<S>, data: readonly number[] | NestedRows<S>): Expr<S, 'real'> =>
    literal('tensor', 'real', shape, [...data]),
)
/** An array of integers with all its elements given, as `tensor`. Errors: as `tensor`, and NotAnElement */
export const intTensor = operation(
  'intTensor(shape, data)',
  <const S extends Shape>(shape: S & FitsDims<S>, data: readonly number[] | NestedRows<S>): Expr<S, 'int'> =>
    literal('intTensor', 'int', shape, [...data]),
)

type Iota = { readonly shape: Shape; readonly axis: number }
const iotaEntry: Entry<Iota, [], 'iota'> = {
  name: 'iota',
  sentence: 'the index along an axis',
  latex: 'i_{$axis}',
  algebra: {},
  examples: [{ attrs: { shape: [2, 3], axis: 1 }, args: [] }],
  batch: { rule: (a) => ({ outs: [apply(iotaEntry, a)], batched: [false] }) },
  type: ({ shape, axis }) =>
    shape.length === 0
      ? invalid('shape', 'of iota has no axis')
      : areAxes([axis], shape.length)
        ? E.right([{ dtype: 'int', shape }])
        : ill({ _tag: 'AxisOutOfRange', axes: [axis], rank: shape.length }),
  derivative: () => [],
  meaning: ({ axis }) => kernel((i) => item(i, axis)),
}
/** The index along an axis. It is an integer: 0, 1, 2, ... Errors: AxisOutOfRange */
export const iota = operation(
  'iota(shape, axis?)',
  <const S extends Shape>(shape: S & FitsDims<S>, axis = 0): Expr<S, 'int'> => apply(iotaEntry, { shape, axis }),
)

export const constants = [constantEntry, literalEntry, iotaEntry] as const
