/** Sums of products over axes that the caller names, the last ones, or all. */
import { mul } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, type Shape, sizeOf } from '../syntax/shape.ts'
import type { Appended, Gradual, Reduced } from '../types/index.ts'
import { axesProblem, derived, wrong } from './derived.ts'
import { lettersFrom, product, sizesDiffer } from './product.ts'

/** How many axes, or which of each. */
type AxisPairs = number | readonly [x: Shape, y: Shape]
/** N axes of any size. */
type Anonymous<N extends number, T extends Shape = readonly []> = `${N}` extends `${'-' | ''}${bigint}`
  ? `${N}` extends `-${string}`
    ? Shape
    : T['length'] extends N
      ? T
      : Anonymous<N, readonly [...T, number]>
  : Shape
type Tensordot<A extends Shape, B extends Shape, P extends AxisPairs> = number extends A['length'] | B['length'] | P
  ? Gradual
  : P extends number
    ? A extends readonly [...infer Front extends Shape, ...Anonymous<P>]
      ? B extends readonly [...Anonymous<P>, ...infer Behind extends Shape]
        ? readonly [...Front, ...Behind]
        : Gradual
      : Gradual
    : P extends readonly [infer I extends Shape, infer J extends Shape]
      ? Appended<Reduced<A, I>, Reduced<B, J>>
      : Gradual
const pairsOf = (axes: AxisPairs, x: Expr, y: Expr): readonly [Shape, Shape] => {
  if (typeof axes !== 'number')
    return [axes[0].map((d) => axisOf(d, rankOf(x))), axes[1].map((d) => axisOf(d, rankOf(y)))]
  const summed = axesOf(axes)
  return [summed.map((k) => rankOf(x) - axes + k), summed]
}
const pairsProblem = ([i, j]: readonly [Shape, Shape], x: Expr, y: Expr): Problem | undefined => {
  if (i.length !== j.length) return wrong('axes', `name ${i.length} of x and ${j.length} of y`)
  const k = i.findIndex((d, n) => shapeOf(x)[d] !== shapeOf(y)[nth(j, n)])
  return (
    axesProblem(i, rankOf(x)) ??
    axesProblem(j, rankOf(y)) ??
    (k < 0 ? undefined : sizesDiffer(`${nth(i, k)}`, x, y, nth(i, k), nth(j, k)))
  )
}
/**
 * Sums products over pairs of axes: the last n of x with the first n of y, or the axes of two lists. Default: 2
 *
 * Shape:   [...A, ...K], [...K, ...B] -> [...A, ...B]
 * Errors:  AxisSizes, AxisOutOfRange, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(2, 3, 4), real(4, 3)], ([x, y]) => tensordot([[1, 2], [1, 0]])(x, y))
 * f.out.shape // => [2]
 */
export const tensordot = operation(
  'tensordot(axes?)(x: real, y: real)',
  <const P extends AxisPairs = 2>(axes?: P) =>
    <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Tensordot<A, B, P>, 'real'> => {
      const [a, b]: readonly [Expr, Expr] = [x, y]
      const asked: AxisPairs = axes ?? 2
      const isCount = typeof asked !== 'number' || (Number.isInteger(asked) && asked >= 0)
      const pairs = isCount ? pairsOf(asked, a, b) : ([[], []] as const)
      const problem = isCount ? pairsProblem(pairs, a, b) : wrong('axes', 'must be a number of axes, or two lists')
      return derived('tensordot', [a, b], problem, () => {
        const [i, j] = pairs
        const own = lettersFrom('a', rankOf(a) + rankOf(b))
        const right = [...own.slice(rankOf(a))].map((l, d) => (j.includes(d) ? own[nth(i, j.indexOf(d))] : l)).join('')
        const left = own.slice(0, rankOf(a))
        const out =
          [...left].filter((_, d) => !i.includes(d)).join('') + [...right].filter((_, d) => !j.includes(d)).join('')
        return product([left, a], [right, b], out)
      })
    },
)
type ButLast<S extends Shape> = S extends readonly [...infer F extends Shape, number] ? F : readonly []
type Inner<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? Gradual
  : A extends readonly []
    ? B
    : B extends readonly []
      ? A
      : Appended<ButLast<A>, ButLast<B>>
/**
 * Sums products over the last axes of x and y; a number multiplies (numpy.inner).
 *
 * Shape:   [...A, k], [...B, k] -> [...A, ...B]
 * Errors:  AxisSizes, ElementType
 */
export const inner = operation(
  'inner(x: real, y: real)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Inner<A, B>, 'real'> => {
    const [a, b]: readonly [Expr, Expr] = [x, y]
    if (rankOf(a) === 0 || rankOf(b) === 0) return mul(a, b)
    const pairs = [[rankOf(a) - 1], [rankOf(b) - 1]] as const
    return derived('inner', [a, b], pairsProblem(pairs, a, b), () => tensordot(pairs)(a, b) as Expr)
  },
)
/**
 * The inner product of all numbers of x and y, which may have different shapes (numpy.vdot). Shape: [...], [...] -> []
 *
 * Errors:  SizeMismatch, ElementType
 */
export const vdot = operation(
  'vdot(x: real, y: real)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<readonly [], 'real'> => {
    const [a, b]: readonly [Expr, Expr] = [x, y]
    const problem: Problem | undefined =
      sizeOf(shapeOf(a)) === sizeOf(shapeOf(b)) ? undefined : { _tag: 'SizeMismatch', from: shapeOf(a), to: shapeOf(b) }
    return derived('vdot', [a, b], problem, () => {
      const flat = reshape([sizeOf(shapeOf(a))])
      return product(['k', flat(a)], ['k', flat(b)], '')
    })
  },
)
