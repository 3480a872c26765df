/**
 * What the elementwise primitives share: one number out of one number of each argument, at every index. A row of the
 * tables in elementwise.ts becomes an entry here, and the entry becomes the function that users call.
 *
 * Operands broadcast: sizes are aligned at the right, size 1 stretches, and a plain number gets the element type of the
 * other operand.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Fn, fn, kernel, type Scalar } from '../kernel/index.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { noAttrs } from '../syntax/plain.ts'
import { broadcastShapes, type DType, type Shape, sameShape } from '../syntax/shape.ts'
import type { Fits, Joined } from '../types/index.ts'
import { broadcastTo } from './broadcast.ts'
import { filled } from './constant.ts'
import { type Algebra, apply, type Entry, type LinearMap, only } from './entry.ts'

// -- operands --------------------------------------------------------------------------------------------------------

// biome-ignore lint/suspicious/noExplicitAny: the gradual shape
export type Operand<D extends DType = DType> = number | Expr<any, D>
type IsAny<A> = 0 extends 1 & A ? true : false
// biome-ignore-start lint/suspicious/noExplicitAny: of an expression of which nothing is known, nothing is known
export type ShapeOf<A> = IsAny<A> extends true ? any : A extends Expr<infer S, any> ? S : readonly []
export type DTypeOf<A, B> =
  IsAny<A> extends true
    ? any
    : A extends Expr<any, infer D>
      ? D
      : IsAny<B> extends true
        ? any
        : B extends Expr<any, infer D>
          ? D
          : 'real'
// biome-ignore-end lint/suspicious/noExplicitAny: of an expression of which nothing is known, nothing is known
/** Two arrays have one element type; a number takes that of the other. */
type OneDType<A, B> = DTypeProblem<A, B> extends string ? DTypeProblem<A, B> : unknown
// biome-ignore lint/suspicious/noExplicitAny: matches an expression of any shape
type DTypeProblem<A, B> = [A, B] extends [Expr<any, infer D>, Expr<any, infer E>]
  ? [D] extends [E]
    ? unknown
    : [E] extends [D]
      ? unknown
      : `element types ${D} and ${E} differ: convert one with toReal, toInt or toBool`
  : unknown
/** The shape of two operands after broadcasting. */
export type Together<A, B> = Joined<ShapeOf<A>, ShapeOf<B>>

const shapeOfOperand = (x: Operand): Shape => (typeof x === 'number' ? [] : shapeOf(x))
/** Operands as expressions of one shape; of their own shapes when these clash, so that the typing rule reports them. */
export const meet = (operands: readonly Operand[], dtypeOf: (k: number) => DType): readonly Expr[] => {
  const shape = operands.map(shapeOfOperand).reduce<Shape | undefined>((a, b) => a && broadcastShapes(a, b), [])
  return operands.map((x, k) => {
    if (typeof x === 'number') return filled(dtypeOf(k), shape ?? [], x)
    return shape === undefined || sameShape(shape, shapeOf(x)) ? x : broadcastTo(shape)(x)
  })
}
/** The element type of a plain number among these operands: that of the first expression, real if there is none. */
export const dtypeAmong = (operands: readonly Operand[]): DType =>
  operands.find((x) => typeof x !== 'number')?.type.dtype ?? 'real'

// -- entries ---------------------------------------------------------------------------------------------------------

export type NoAttrs = Record<never, never>
export type Interval = readonly [number, number]
/** Where the laws are tested; an example on each of several intervals. */
type Tested = Interval | readonly Interval[]
/** A row for y = f(x): element types, intervals, algebra, and dy/dx as a linear map, null where it is 0. */
export type UnaryRow = readonly [
  from: readonly DType[],
  tested: Tested,
  algebra: Algebra,
  derivative: (x: Expr, y: Expr) => LinearMap | null,
]
/** A row for z = f(x, y), of the element type of its arguments: the same, with dz/dx and dz/dy. */
export type BinaryRow = readonly [
  from: readonly DType[],
  tested: Tested,
  algebra: Algebra,
  derivative: (x: Expr, y: Expr, z: Expr) => readonly [LinearMap, LinearMap],
]
/** A row for a truth value of two arguments: it has no derivative. */
export type PredicateRow = readonly [from: readonly DType[], algebra: Algebra]
export type Words = readonly [latex: string, sentence: string]

const isInterval = (t: Tested): t is Interval => typeof t[0] === 'number'
/** The meaning of a scalar function: it is applied to one element of each argument. */
export const scalarwise =
  (f: Fn): Entry['meaning'] =>
  (_, args) =>
    kernel((i): Scalar => fn(f, ...args.map((x) => x.at(i))))
/** All of an entry but its derivative. `to`: the element type of the result; that of the arguments by default. */
const pointwise = <F extends Fn>(
  name: F,
  [latex, sentence]: Words,
  arity: number,
  [from, tested, algebra]: readonly [readonly DType[], Tested, Algebra, ...(readonly unknown[])],
  to?: DType,
): Omit<Entry<NoAttrs, readonly unknown[], F>, 'derivative'> => ({
  name,
  sentence,
  latex,
  algebra,
  examples: (isInterval(tested) ? [tested] : tested).map((range) => ({
    attrs: noAttrs,
    args: Array.from({ length: arity }, () => ({ dtype: from[0] ?? 'real', shape: [3] })),
    range,
  })),
  batch: { lift: (a) => a },
  type: (_, args) => {
    const [first] = args
    if (first === undefined || args.some((a) => !sameShape(a.shape, first.shape)))
      return ill({ _tag: 'ShapeMismatch', shapes: args.map((a) => a.shape) })
    return from.includes(first.dtype) && args.every((a) => a.dtype === first.dtype)
      ? E.right([{ dtype: to ?? first.dtype, shape: first.shape }])
      : ill({ _tag: 'ElementType', expected: from, found: args.map((a) => a.dtype) })
  },
  meaning: scalarwise(name),
})
export const unaryEntry = <F extends Fn>(name: F, row: UnaryRow, words: Words): Entry<NoAttrs, [0], F> => ({
  ...pointwise(name, words, 1, row),
  derivative: (_, [x], outs) => [row[3](x, only(outs))],
})
export const binaryEntry = <F extends Fn>(
  name: F,
  row: BinaryRow,
  words: Words,
  rule: string | undefined,
): Entry<NoAttrs, [0, 0], F> => ({
  ...pointwise(name, words, 2, row),
  ...(rule === undefined ? {} : { rule }),
  derivative: (_, [x, y], outs) => row[3](x, y, only(outs)),
})
export const predicateEntry = <F extends Fn>(
  name: F,
  [from, algebra]: PredicateRow,
  words: Words,
): Entry<NoAttrs, [0, 0], F> => ({
  ...pointwise(name, words, 2, [from, [-2, 2], algebra], 'bool'),
  derivative: () => [null, null],
})

// -- functions -------------------------------------------------------------------------------------------------------

interface Built {
  readonly entry: Entry
}
/** Every element of x by itself. */
export interface Unary<In extends DType> extends Built {
  <S extends Shape, D extends In>(x: Expr<S, D>): Expr<S, D>
}
/** Element by element, after broadcasting. */
export type Pairwise<In extends DType, Out extends DType | 'same'> = <A extends Operand<In>, B extends Operand<In>>(
  x: A,
  y: B & Fits<ShapeOf<A>, ShapeOf<B>> & OneDType<A, B>,
) => Expr<Together<A, B>, Out extends 'same' ? DTypeOf<A, B> : Out>
export type Binary<In extends DType, Out extends DType | 'same'> = Pairwise<In, Out> & Built
export const unaryOf = <In extends DType>(entry: Entry<NoAttrs, [0]>): Unary<In> =>
  Object.assign(
    operation(`${entry.name}(x)`, (x: Expr) => apply(entry, noAttrs, x)),
    { entry },
  )
export const binaryOf = <In extends DType, Out extends DType | 'same'>(
  entry: Entry<NoAttrs, [0, 0]>,
): Binary<In, Out> => {
  const build = (x: Operand, y: Operand): Expr => {
    const dtype = dtypeAmong([x, y])
    const [a, b] = meet([x, y], () => dtype) as readonly [Expr, Expr]
    return apply(entry, noAttrs, a, b)
  }
  // the arithmetic of shapes is in the type alone
  return Object.assign(operation(`${entry.name}(x, y)`, build), { entry }) as unknown as Binary<In, Out>
}
