/**
 * Products of arrays, all through the one primitive `contract`: axes get letters, and shared letters are summed. An
 * axis of size 1 that broadcasts has no letter, so that no number is repeated and the pull sums by itself.
 */

import { contract } from '../primitives/contraction.ts'
import { add } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { broadcastShapes, type Shape, sameShape } from '../syntax/shape.ts'
import type { Appended, FitsMatmul, Matmul, Permuted } from '../types/index.ts'
import { derived, sizeAt } from './derived.ts'

/** An array with a letter for every axis. */
export type Lettered = readonly [letters: string, x: Expr]
/**
 * `count` letters, from `first` on, also beyond z. A matrix has rows i, columns j and summed letters k here; the axes in
 * front of it begin at l, so that they meet none of these at any rank.
 */
export const lettersFrom = (first: string, count: number): string =>
  Array.from({ length: count }, (_, k) => String.fromCharCode(first.charCodeAt(0) + k)).join('')
/** The product, summed over the letters that are not in `out`. */
export const product = ([a, x]: Lettered, [b, y]: Lettered, out: string): Expr =>
  contract({ x: a, y: b, out, ties: [] })(x, y)

/** x without the axes of size 1 that broadcast. The last axes, those of `inner`, stay. */
const fronted = (x: Expr, inner: string, front: Shape, letters: string): Lettered => {
  const shape = shapeOf(x)
  const own = shape.slice(0, shape.length - inner.length)
  const lead = front.length - own.length
  const kept = own.flatMap((n, d) => (n === front[d + lead] ? [d] : []))
  const rest = shape.slice(own.length)
  return [kept.map((d) => letters[d + lead]).join('') + inner, reshape([...kept.map((d) => nth(own, d)), ...rest])(x)]
}
/** The problem of two axes that are summed together and differ in size. */
export const sizesDiffer = (axis: string, x: Expr, y: Expr, i: number, j: number): Problem => ({
  _tag: 'AxisSizes',
  axis,
  sizes: [sizeAt(x, i), sizeAt(y, j)],
  shapes: [shapeOf(x), shapeOf(y)],
})

/** `matmul` of shapes that only run time knows. */
export const multiply = (x: Expr, y: Expr): Expr => {
  const [m, n] = [rankOf(x), rankOf(y)]
  const [before, behind] = [shapeOf(x).slice(0, -2), shapeOf(y).slice(0, -2)]
  const front = broadcastShapes(before, behind)
  const inner = n === 1 ? -1 : -2
  const problem: Problem | undefined =
    m === 0 || n === 0
      ? { _tag: 'RankMismatch', expected: 1, shape: [] }
      : shapeOf(x).at(-1) !== shapeOf(y).at(inner)
        ? sizesDiffer('k', x, y, -1, inner)
        : front === undefined
          ? { _tag: 'ShapeMismatch', shapes: [before, behind] }
          : undefined
  return derived('matmul', [x, y], problem, () => {
    const leading = front ?? [] // where it is undefined there is a problem
    const letters = lettersFrom('l', leading.length)
    const [rows, columns] = [m === 1 ? '' : 'i', n === 1 ? '' : 'j']
    const a = fronted(x, `${rows}k`, leading, letters)
    const b = fronted(y, `k${columns}`, leading, letters)
    return product(a, b, letters + rows + columns)
  })
}
/**
 * The matrix product, as numpy's matmul: a vector is a row on the left and a column on the right, and axes in front of
 * the matrices broadcast.
 *
 * Shape:   [..., m, k], [..., k, n] -> [..., m, n]      [k], [k] -> []
 * Law:     matmul(matmul(x, y), z) = matmul(x, matmul(y, z))
 * Errors:  AxisSizes, ShapeMismatch, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow([real(2, 2), real(2)], ([w, x]) => matmul(w, x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 1)]) // => [[3, 7]]
 */
export const matmul = operation(
  'matmul(x, y)',
  <A extends Shape, B extends Shape>(
    x: Expr<A, 'real'>,
    y: Expr<B, 'real'> & FitsMatmul<A, B>,
  ): Expr<Matmul<A, B>, 'real'> => multiply(x, y),
)

/** Every product of an element of x and one of y. Shape: [...A], [...B] -> [...A, ...B]. Errors: ElementType */
export const outer = operation(
  'outer(x, y)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Appended<A, B>, 'real'> => {
    const all = lettersFrom('a', rankOf(x) + rankOf(y))
    return product([all.slice(0, rankOf(x)), x], [all.slice(rankOf(x)), y], all)
  },
)

/**
 * The inner product of two arrays of one shape.
 *
 * Shape:   [...], [...] -> []
 * Law:     dot(x, y) = sum()(mul(x, y))
 * Errors:  ShapeMismatch, ElementType
 */
export const dot = operation(
  'dot(x, y)',
  <S extends Shape>(x: Expr<S, 'real'>, y: Expr<NoInfer<S>, 'real'>): Expr<readonly [], 'real'> => {
    const a: Expr = x
    const b: Expr = y
    const problem: Problem | undefined = sameShape(shapeOf(a), shapeOf(b))
      ? undefined
      : { _tag: 'ShapeMismatch', shapes: [shapeOf(a), shapeOf(b)] }
    const letters = lettersFrom('a', rankOf(a))
    return derived('dot', [a, b], problem, () => product([letters, a], [letters, b], ''))
  },
)

type Swapped<W extends Shape> = Permuted<W, readonly [1, 0]>
type Row<W extends Shape> = W extends readonly [infer O extends number, number] ? readonly [O] : readonly [number]
/**
 * An affine map of the last axis, x W^T + b, with the weights as [out, in] and an optional bias.
 *
 * Shape:   [..., in], [out, in], [out]? -> [..., out]
 * Errors:  AxisSizes, RankMismatch
 */
export const linear = operation(
  'linear(x, w, b?)',
  <X extends Shape, W extends Shape>(
    x: Expr<X, 'real'>,
    w: Expr<W, 'real'> & FitsMatmul<X, Swapped<W>>,
    b?: Expr<Row<NoInfer<W>>, 'real'>,
  ): Expr<Matmul<X, Swapped<W>>, 'real'> => {
    const e: Expr = x
    const u: Expr = w
    const problem: Problem | undefined =
      rankOf(u) !== 2
        ? { _tag: 'RankMismatch', expected: 2, shape: shapeOf(u) }
        : rankOf(e) === 0
          ? { _tag: 'RankMismatch', expected: 1, shape: [] }
          : shapeOf(e).at(-1) !== shapeOf(u)[1]
            ? sizesDiffer('in', e, u, -1, 1)
            : undefined
    return derived('linear', [e, u], problem, () => {
      const front = lettersFrom('l', rankOf(e) - 1)
      const y = product([`${front}k`, e], ['jk', u], `${front}j`)
      return b === undefined ? y : add(y, b)
    })
  },
)
