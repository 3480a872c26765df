/**
 * The same numbers at other indices: each operation is a function from the output's index to the input's. All linear.
 */
import * as E from 'fp-ts/lib/Either.js'
import { flatten, kernel, offset, times, unflatten } from '../kernel/index.ts'
import { at } from '../syntax/closed.ts'
import { counted, ill, invalid, type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { areAxes, axesOf, axisOf, type DType, real, type Shape, sameShape, showShape, sizeOf } from '../syntax/shape.ts'
import type { FitsAxes, FitsMoved, FitsPermutation, FitsReshape, Moved, Permuted, Reshaped } from '../types/index.ts'
import { apply, type Entry, refuse } from './entry.ts'
import { item } from './item.ts'

export const reshapeEntry: Entry<{ readonly shape: Shape }, [0], 'reshape'> = {
  name: 'reshape',
  sentence: 'reads the numbers in row-major order into another shape',
  latex: '$0',
  algebra: {},
  examples: [
    { attrs: { shape: [3, 4] }, args: [real(2, 6)] },
    { attrs: { shape: [1] }, args: [real()] },
  ],
  batch: { lift: ({ shape }, n) => ({ shape: [n, ...shape] }) },
  type: ({ shape }, [x]) =>
    sizeOf(shape) === sizeOf(x.shape)
      ? E.right([{ dtype: x.dtype, shape }])
      : ill(shapeProblem(shape) ?? { _tag: 'SizeMismatch', from: x.shape, to: shape }),
  derivative: ({ shape }, [x]) => [{ push: reshape(shape), pull: reshape(shapeOf(x)) }],
  meaning: ({ shape }, [x]) => kernel((i) => x.at(unflatten(x.type.shape, flatten(shape, i)))),
}
/** The shape with its -1 computed, if it has one, so that it has `size` elements. */
const solve = (shape: Shape, size: number): E.Either<Problem, Shape> => {
  const given = shape.filter((n) => n !== -1)
  if (given.length === shape.length) return E.right(shape)
  const problem = shapeProblem(given)
  if (problem !== undefined) return ill(problem)
  const rest = sizeOf(given)
  const wrong = (rule: string): E.Either<Problem, never> => invalid(`the shape ${showShape(shape)}`, rule)
  if (given.length < shape.length - 1) return wrong('has more than one -1')
  if (rest === 0) return wrong('has -1 beside 0, which could be anything')
  if (size % rest !== 0) return wrong(`needs a multiple of ${counted(rest, 'element')}, not ${size}`)
  return E.right(shape.map((n) => (n === -1 ? size / rest : n)))
}
/**
 * Reads the numbers in row-major order into another shape. One size may be -1: it is computed from the others.
 *
 * Law:     reshape(shape(x))(reshape(s)(x)) = x
 * Errors:  SizeMismatch, NotASize, InvalidAttribute where -1 cannot be computed
 */
export const reshape = operation(
  'reshape(shape)(x)',
  <const T extends Shape>(shape: T) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsReshape<S, T>): Expr<Reshaped<S, T>, D> => {
      // gradual: TypeScript cannot prove that x has the type of the result
      const given: Expr = x
      const to = solve(shape, sizeOf(shapeOf(given)))
      if (E.isLeft(to)) return refuse('reshape', to.left, [given])
      return sameShape(to.right, shapeOf(given)) ? given : apply(reshapeEntry, { shape: to.right }, given)
    },
)

const inverse = (perm: Shape): Shape => perm.map((_, d) => perm.indexOf(d))
export const permuteEntry: Entry<{ readonly perm: Shape }, [0], 'permute'> = {
  name: 'permute',
  sentence: 'reorders the axes',
  latex: '$0^{T}',
  algebra: {},
  examples: [{ attrs: { perm: [2, 0, 1] }, args: [real(2, 3, 4)] }],
  batch: { lift: ({ perm }) => ({ perm: [0, ...perm.map((p) => p + 1)] }) },
  type: ({ perm }, [x]) =>
    perm.length === x.shape.length && areAxes(perm, perm.length)
      ? E.right([{ dtype: x.dtype, shape: at(x.shape, perm) }])
      : ill({ _tag: 'NotAPermutation', perm, rank: x.shape.length }),
  derivative: ({ perm }) => [{ push: permute(perm), pull: permute(inverse(perm)) }],
  meaning: ({ perm }, [x]) => kernel((i) => x.at(at(i, inverse(perm)))),
}
/**
 * Reorders the axes. out.shape[d] = x.shape[perm[d]]
 *
 * Law:     permute(p)(permute(q)(x)) = permute(q after p)(x)
 * Errors:  NotAPermutation
 */
export const permute = operation(
  'permute(perm)(x)',
  <const P extends Shape>(perm: P) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsPermutation<S, P>): Expr<Permuted<S, P>, D> =>
      apply(permuteEntry, { perm: perm.map((p) => axisOf(p, rankOf(x))) }, x),
)
/** Moves one axis to another position; the others keep their order. Errors: AxisOutOfRange */
export const moveAxis = operation(
  'moveAxis(from, to)(x)',
  <const F extends number, const T extends number>(from: F, to: T) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsMoved<S, F, T>): Expr<Moved<S, F, T>, D> =>
      moved(from, to)(x),
)
const moved =
  (from: number, to: number) =>
  (x: Expr): Expr => {
    const rank = rankOf(x)
    const [a, b] = [axisOf(from, rank), axisOf(to, rank)]
    const stray = [a, b].find((d) => !areAxes([d], rank))
    if (stray !== undefined) return refuse('moveAxis', { _tag: 'AxisOutOfRange', axes: [stray], rank }, [x])
    const rest = axesOf(rank).filter((d) => d !== a)
    return a === b ? x : permute([...rest.slice(0, b), a, ...rest.slice(b)])(x)
  }

export const reverseEntry: Entry<{ readonly axes: Shape }, [0], 'reverse'> = {
  name: 'reverse',
  sentence: 'reverses the order of the elements along axes',
  latex: '\\overleftarrow{$0}',
  algebra: {},
  examples: [{ attrs: { axes: [1] }, args: [real(2, 3)] }],
  batch: { lift: ({ axes }) => ({ axes: axes.map((a) => a + 1) }) },
  type: ({ axes }, [x]) =>
    areAxes(axes, x.shape.length) ? E.right([x]) : ill({ _tag: 'AxisOutOfRange', axes, rank: x.shape.length }),
  derivative: ({ axes }) => [{ push: reverse(axes), pull: reverse(axes) }],
  meaning: ({ axes }, [x]) =>
    kernel((i) => x.at(i.map((k, d) => (axes.includes(d) ? offset(times(k, -1), item(x.type.shape, d) - 1) : k)))),
}
/** Reverses the order of the elements along axes. Law: reverse(a)(reverse(a)(x)) = x. Errors: AxisOutOfRange */
export const reverse = operation(
  'reverse(axes)(x)',
  <const A extends number | Shape>(axes: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<S, D> =>
      apply(reverseEntry, { axes: [axes].flat().map((a) => axisOf(a, rankOf(x))) }, x),
)

export const reindexing = [reshapeEntry, permuteEntry, reverseEntry] as const
