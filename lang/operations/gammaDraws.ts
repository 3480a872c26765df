/**
 * Random numbers of the gamma distribution, and of those that are made of it. Derivatives in the parameters are implicit:
 * a number moves so that its quantile, P(a, x), stays the same.
 *
 * Source:  G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000);
 *          M. Figurnov et al., "Implicit reparameterization gradients" (2018)
 */
import { declareJvp } from '../control/custom.ts'
import { broadcastTo } from '../primitives/broadcast.ts'
import { add, and, div, exp, log, lt, mul, neg, select, sqrt, sub, toReal } from '../primitives/elementwise.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import type { FitsDims } from '../types/index.ts'
import { sigmoid } from './activation.ts'
import { gt } from './comparison.ts'
import { derived, notReal, type Real, unless } from './derived.ts'
import { quantileSlope } from './incompleteGamma.ts'
import { normal } from './normalDraws.ts'
import { type Distribution, ofParameter } from './parameters.ts'
import { exponential, type Key, splitKey } from './random.ts'
import { take } from './slicing.ts'
import { softmax } from './softmax.ts'

/** A candidate is refused with a probability of at most 0.048: all of them, with 3e-11. Then the number is a - 1/3. */
const candidates = 8
/** The logarithms of gamma numbers of the shapes a; that of a small shape would underflow. */
const logGammaDraw = (a: Expr, key: Key): Expr => {
  const shape = shapeOf(a)
  const keys = splitKey(3)(key)
  const [x, e] = [normal([candidates, ...shape])(child(keys, 0)), exponential([candidates, ...shape])(child(keys, 1))]
  const boost = exponential(shape)(child(keys, 2))
  const small = lt(a, 1)
  const d = sub(select(small, add(a, 1), a), 1 / 3)
  const c = div(1 / 3, sqrt(d))
  const kept = Array.from({ length: candidates }).reduceRight<Expr>(
    (rest, _, i) => {
      const z = take(0, i)(x as Expr) as Expr
      const root = add(1, mul(c, z))
      const positive = gt(root, 0)
      const logV = mul(3, log(select(positive, root, 1)))
      const most = add(mul(0.5, mul(z, z)), mul(d, add(sub(1, exp(logV)), logV)))
      return select(and(positive, lt(neg(take(0, i)(e as Expr) as Expr), most)), logV, rest)
    },
    mul(0, d),
  )
  return sub(add(log(d), kept), mul(toReal(small), div(boost, a)))
}
const child = (keys: Expr, i: number): Key => typed(take(0, i)(keys))
/** The same with its implicit derivative. */
const logGammaOf = (a: Expr, key: Key): Expr =>
  declareJvp(
    (shape: Expr): Expr => logGammaDraw(shape, key),
    (shape, da, l) => mul(da, quantileSlope(shape, l)),
  )(a)

const positive = (p: number): boolean => p > 0 && p < Number.POSITIVE_INFINITY
const rule = 'must be positive and finite'
/**
 * Gamma numbers of shape a and scale 1, of density x^(a - 1) e^-x / gamma(a); multiply by the scale. Derivative in a: that
 * of the quantile. Cost: 8 normal and 9 exponential numbers each; the derivative two quadratures of 48 points.
 *
 * Errors:  InvalidAttribute for a number a that is not positive; CannotBroadcast
 */
export const randomGamma: Distribution<'real'> = ofParameter(
  'randomGamma',
  'a',
  positive,
  rule,
  (a) => (key) => exp(logGammaOf(a, key)),
)
/** Chi-square numbers of `freedom` degrees: twice a gamma number of half of them. Derivative, cost: as randomGamma */
export const chiSquare: Distribution<'real'> = ofParameter(
  'chiSquare',
  'freedom',
  positive,
  rule,
  (n) => (key) => mul(2, exp(logGammaOf(mul(0.5, n), key))),
)
/**
 * Student's t numbers of `freedom` degrees: a normal number over the root of a chi-square number per degree. Derivative in
 * the degrees: that of this quotient. Cost: as randomGamma, and a normal number
 */
export const studentT: Distribution<'real'> = ofParameter(
  'studentT',
  'freedom',
  positive,
  rule,
  (n, shape) => (key) => {
    const keys = splitKey(2)(key)
    const half = mul(0.5, n)
    const l = logGammaOf(half, child(keys, 0))
    return mul(normal(shape)(child(keys, 1)) as Expr, exp(mul(0.5, sub(log(half), l))))
  },
)
/**
 * Beta numbers, of density x^(a - 1) (1 - x)^(b - 1) / beta(a, b): the share of one of two gamma numbers. Derivatives: those
 * of the share. Cost: two of randomGamma
 *
 * Errors:  InvalidAttribute for numbers that are not positive; CannotBroadcast
 */
export const randomBeta = operation(
  'randomBeta(a!, b!, shape)(key)',
  <const S extends Shape>(a: number | Expr, b: number | Expr, shape: S & FitsDims<S>) =>
    (key: Key): Real<S> => {
      const keys = splitKey(2)(key)
      const part = (name: string, p: number | Expr, i: number): Expr =>
        ofParameter<'real'>('randomBeta', name, positive, rule, (q) => (k) => logGammaOf(q, k))(p, shape as never)(
          child(keys, i),
        )
      return typed(sigmoid(sub(part('a', a, 0), part('b', b, 1)) as Real<Shape>))
    },
)
/**
 * Vectors of the Dirichlet distribution with the concentrations alpha, along its last axis: the shares of gamma numbers.
 * Their sum is 1, and small concentrations do not underflow. Derivatives: those of the shares. Cost: n of randomGamma
 *
 * Shape:   alpha [..., n] -> [...shape, ..., n]
 * Errors:  ElementType; InvalidAttribute where alpha is a number without axis
 *
 * @example
 * const f = programOrThrow([], () => dirichlet(tensor([3], [1, 2, 3]), [5])(randomKey(1)))
 * f.out.shape // => [5, 3]
 */
export const dirichlet = operation(
  'dirichlet(alpha!, shape)(key)',
  <A extends Shape, const S extends Shape>(alpha: Real<A>, shape: S & FitsDims<S>) =>
    (key: Key): Real<readonly [...S, ...A]> => {
      const a: Expr = alpha
      const problem = notReal(a) ?? unless(rankOf(a) > 0, 'alpha', 'must have an axis')
      return typed(
        derived('dirichlet', [a, key], problem, () =>
          softmax(-1)(logGammaOf(broadcastTo([...shape, ...shapeOf(a)])(a), key) as Real<Shape>),
        ),
      )
    },
)
