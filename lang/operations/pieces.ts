/** Activation functions of straight pieces, and gates. At a kink the derivative is that of the flat piece. */
import { add, div, le, lt, mul, neg, select, sub } from '../primitives/elementwise.ts'
import type { Pairwise } from '../primitives/pointwise.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type Shape } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import type {
  AxesFirst,
  AxesOrArray,
  Axis,
  Div,
  FitsAxes,
  Mod,
  NumberFirst,
  NumberOrArray,
  Replaced,
} from '../types/index.ts'
import { sigmoid } from './activation.ts'
import { gt, hardtanh, type Pointwise, relu6 } from './comparison.ts'
import { axisProblem, derived, notFinite, notReal, sizeAt, unless } from './derived.ts'
import { ofReal, ofReals } from './pairwise.ts'
import { split } from './slicing.ts'
import { softmax } from './softmax.ts'

/** An option that is a number, for TypeScript has refused an array. */
const orElse = (given: NumberOrArray | undefined, standard: number): number => typed(given ?? standard)
const notBelow0 = (name: string, x: number): Problem | undefined =>
  unless(Number.isFinite(x) && x >= 0, name, 'must be finite and at least 0')

/** x - lambda where x > lambda, x + lambda where x < -lambda, else 0. Default: lambda = 0.5 */
export const softshrink = operation(
  'softshrink(lambda?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'softshrink()(x)'>): Pointwise => {
    const by = orElse(given, 0.5)
    return (x: Expr) =>
      derived('softshrink', [x], notBelow0('lambda', by) ?? notReal(x), () =>
        select(gt(x, by), sub(x, by), select(lt(x, -by), add(x, by), mul(x, 0))),
      )
  },
)
/** x where |x| > lambda, else 0. Default: lambda = 0.5 */
export const hardshrink = operation(
  'hardshrink(lambda?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'hardshrink()(x)'>): Pointwise => {
    const by = orElse(given, 0.5)
    return (x: Expr) =>
      derived('hardshrink', [x], notBelow0('lambda', by) ?? notReal(x), () =>
        select(le(x, by), select(le(-by, x), 0, x), x),
      )
  },
)
/** x where x > theta, else `value`. NaN stays NaN. */
export const threshold = operation(
  'threshold(theta, value)(x)',
  (theta: number, value: number): Pointwise =>
    (x: Expr) =>
      derived('threshold', [x], notFinite('theta', theta) ?? notFinite('value', value) ?? notReal(x), () =>
        select(le(x, theta), value, x),
      ),
)
/** relu6(x + 3) / 6: a sigmoid of straight pieces. */
export const hardsigmoid: Pointwise = ofReal('hardsigmoid', (x) => div(relu6(add(x, 3)), 6))
/** x hardsigmoid(x): a silu of pieces. Its derivative at -3 is 0, at 3 it is 1. Source: Howard et al. 2019 */
export const hardswish: Pointwise = ofReal('hardswish', (x) => {
  const inner = gt(x, -3)
  return select(inner, mul(select(inner, x, 0), hardtanh(0, 1)(div(add(x, 3), 6))), mul(0, select(lt(x, -3), -1, x)))
})
/**
 * x where x > 0, else slope x, for a slope that is learned: an array that broadcasts with x. At x = 0 the derivative in
 * x is the slope. Shape: broadcast
 */
export const prelu: Pairwise<'real', 'real'> = ofReals('prelu', (x, slope) => select(gt(x, 0), x, mul(slope, x)))
/** The randomised leaky relu in evaluation: its slope is the mean of the bounds. Defaults: 1/8, 1/3 */
export const rreluEval = operation(
  'rreluEval(lowest?, highest?)(x)',
  (lowest = 1 / 8, highest = 1 / 3): Pointwise =>
    (x: Expr) =>
      derived('rreluEval', [x], notFinite('lowest', lowest) ?? notFinite('highest', highest) ?? notReal(x), () =>
        select(gt(x, 0), x, mul((lowest + highest) / 2, x)),
      ),
)
/** softmax(-x) along axes: the largest share for the smallest. Shape and errors: as softmax */
export const softmin = operation(
  'softmin(axes?)(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'softmin()(x)'>) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> =>
      typed(softmax(typed<undefined>(axes))(neg(x as Expr<Shape, 'real'>))),
)

/** The half of an axis; an odd size is refused. */
type FitsHalf<S extends Shape, A extends number> =
  FitsAxes<S, A> extends string
    ? FitsAxes<S, A>
    : [Mod<S[Axis<S, A>], 2>] extends [1]
      ? `axis ${A} has an odd size, which has no half`
      : unknown
/**
 * The gated linear unit a sigmoid(b) of the two halves a, b of an axis. Default: the last axis. Source: Dauphin et al. 2017
 *
 * Shape:   [..., 2 n, ...] -> [..., n, ...]
 * Errors:  AxisOutOfRange, ElementType; InvalidAttribute for an odd size
 *
 * @example
 * const f = programOrThrow(real(2), (x) => glu()(x))
 * evaluate(f.closed, [Float64Array.of(3, 0)]) // => [[1.5]]
 */
export const glu = operation(
  'glu(axis?)(x: real)',
  <const A extends number = -1>(axis?: A & NumberFirst<A, 'glu()(x)'>) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsHalf<S, A>): Expr<Replaced<S, A, Div<S[Axis<S, A>], 2>>, 'real'> => {
      const e: Expr = x
      const at = axisOf(axis ?? -1, rankOf(e))
      const problem =
        axisProblem(axis ?? -1, rankOf(e)) ??
        unless(sizeAt(e, at) % 2 === 0, 'axis', `of size ${sizeAt(e, at)} has no half`)
      return derived('glu', [e], problem, () => {
        const n = sizeAt(e, at) / 2
        const [a, b] = split(at, [n, n])(e) as readonly [Expr, Expr]
        return mul(a, sigmoid(b))
      })
    },
)
