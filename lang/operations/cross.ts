/** The cross product. */
import { mul, sub } from '../primitives/elementwise.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, broadcastShapes, type Shape } from '../syntax/shape.ts'
import type { Fits, Joined } from '../types/index.ts'
import { axisProblem, derived, notReal, sizeAt, wrong } from './derived.ts'
import { roll } from './slicing.ts'

/**
 * The cross product of vectors of three numbers along an axis, the last by default. The other axes broadcast.
 *
 * Shape:   [..., 3], [..., 3] -> [..., 3]
 * Law:     cross()(x, y) is orthogonal to x and y
 * Errors:  AxisSizes, ShapeMismatch, AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow([real(3), real(3)], ([x, y]) => cross()(x, y))
 * evaluate(f.closed, [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)]) // => [[0, 0, 1]]
 */
export const cross = operation(
  'cross(axis?)(x, y)',
  (axis = -1) =>
    <A extends Shape, B extends Shape>(
      x: Expr<A, 'real'>,
      y: Expr<B, 'real'> & Fits<A, B>,
    ): Expr<Joined<A, B>, 'real'> => {
      const args: readonly [Expr, Expr] = [x, y]
      const problem =
        notReal(...args) ??
        args.flatMap((e) => axisProblem(axis, rankOf(e)) ?? [])[0] ??
        (args.every((e) => sizeAt(e, axisOf(axis, rankOf(e))) === 3)
          ? undefined
          : wrong('axis', `needs 3 numbers; the shapes are [${shapeOf(x)}] and [${shapeOf(y)}]`)) ??
        (broadcastShapes(shapeOf(x), shapeOf(y)) === undefined
          ? ({ _tag: 'ShapeMismatch', shapes: [shapeOf(x), shapeOf(y)] } as const)
          : undefined)
      return derived('cross', args, problem, () => {
        const [a, b] = [1, 2].map((k) => args.map((e) => roll(-k, axis)(e) as Expr)) as [Expr[], Expr[]]
        return sub(mul(nth(a, 0), nth(b, 1)), mul(nth(b, 0), nth(a, 1)))
      })
    },
)
