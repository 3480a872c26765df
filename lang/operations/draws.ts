/**
 * Random numbers of further distributions, in standard form: scale and shift them. Each costs a fixed number of uniform
 * numbers, one unless its docstring says more, so that it is the same on every back end and under vmap.
 */
import { sum } from '../primitives/broadcast.ts'
import { tensor } from '../primitives/constant.ts'
import {
  abs,
  add,
  div,
  floor,
  le,
  log,
  log1p,
  lt,
  mul,
  neg,
  sign,
  stopGradient,
  sub,
  tan,
  toInt,
} from '../primitives/elementwise.ts'
import { argsort } from '../primitives/indexing.ts'
import { argmax, cumSum } from '../primitives/reduction.ts'
import { moveAxis, permute, reshape } from '../primitives/reindex.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sizeOf } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import type { FitsDims, FitsSize } from '../types/index.ts'
import { axisProblem, derived, differ, notReal, type Real, sizeAt, unless } from './derived.ts'
import { cholesky } from './linalg.ts'
import { oneHot } from './lookup.ts'
import { normal } from './normalDraws.ts'
import { symmetric } from './normalPlaces.ts'
import { type Distribution, ofParameter } from './parameters.ts'
import { matmul } from './product.ts'
import { exponential, type Key, permutation, uniform } from './random.ts'
import { strided } from './slicing.ts'
import { softmax } from './softmax.ts'

/** How a draw without parameters is called. */
type Draw = <const S extends Shape>(shape: S & FitsDims<S>) => (key: Key) => Expr<S, 'real'>
const draw = (name: string, f: (shape: Shape) => (key: Key) => Expr): Draw =>
  typed(
    operation(
      `${name}(shape)(key)`,
      (shape: Shape) => (key: Key) => derived(name, [key], undefined, () => f(shape)(key)),
    ),
  )

/** Laplace numbers, of density e^-|x| / 2. */
export const laplace: Draw = draw('laplace', (shape) => (key) => {
  const x = symmetric(shape)(key)
  return neg(mul(sign(x), log1p(neg(abs(x)))))
})
/** Gumbel numbers, of distribution function e^(-e^-x): the largest of many exponential numbers. From -2.8 to 17.3 */
export const gumbel: Draw = draw('gumbel', (shape) => (key) => neg(log(exponential(shape)(key))))
/** Logistic numbers, whose distribution function is the sigmoid: ln(u / (1 - u)). */
export const randomLogistic: Draw = draw('randomLogistic', (shape) => (key) => {
  const x = symmetric(shape)(key)
  return sub(log1p(x), log1p(neg(x)))
})
/** Cauchy numbers, of density 1 / (pi (1 + x^2)): they have no mean. */
export const cauchy: Draw = draw('cauchy', (shape) => (key) => tan(mul(Math.PI / 2, symmetric(shape)(key))))
/** -1 or 1, each with probability one half. */
export const rademacher: Draw = draw('rademacher', (shape) => (key) => sign(symmetric(shape)(key)))

/**
 * The number of trials up to the first success of probability p, at least 1: from one exponential number.
 *
 * Errors:  InvalidAttribute for a number p that is not above 0 and at most 1
 */
export const geometric: Distribution<'int'> = ofParameter(
  'geometric',
  'p',
  (p) => p > 0 && p <= 1,
  'must be above 0 and at most 1',
  (p, shape) => (key) => toInt(add(1, floor(div(exponential(shape)(key), neg(log1p(neg(p))))))),
)
/**
 * The number of successes in n trials of probability p. Cost: n uniform numbers for each, of which one key has 2^24 in all.
 *
 * Errors:  InvalidAttribute for a number p that is not from 0 to 1, or too many trials
 */
export const binomial = operation(
  'binomial(n, p!, shape)(key)',
  <const N extends number, const S extends Shape>(n: N & FitsSize<N>, p: number | Expr, shape: S & FitsDims<S>) =>
    (key: Key): Expr<S, 'int'> => {
      const many = ofParameter(
        'binomial',
        'p',
        (q) => q >= 0 && q <= 1,
        'must be from 0 to 1',
        (q, to) => (k) => {
          const trials = uniform([...to, n])(k)
          return sum(-1)(toInt(lt(trials, reshape([...to, 1])(q))))
        },
      )
      return typed(many(p, shape)(key))
    },
)

/**
 * Vectors of the normal distribution with a mean [n] and a covariance [n, n]: mean + L z for its Cholesky factor L. Both
 * derivatives are those of this formula. Cost: n normal numbers for each.
 *
 * Shape:   [n], [n, n] -> [...shape, n]
 * Errors:  ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow([], () => multivariateNormal(tensor([2], [1, 2]), tensor([2, 2], [2, 1, 1, 3]), [5])(randomKey(1)))
 * f.out.shape // => [5, 2]
 */
export const multivariateNormal = operation(
  'multivariateNormal(mean!, covariance!, shape)(key)',
  <const N extends number, const S extends Shape>(
    mean: Real<readonly [N]>,
    covariance: Real<readonly [NoInfer<N>, NoInfer<N>]>,
    shape: S & FitsDims<S>,
  ) =>
    (key: Key): Real<readonly [...S, N]> => {
      const [m, c]: readonly Expr[] = [mean, covariance]
      const n = shapeOf(m as Expr)[0] ?? 0
      const problem =
        notReal(m as Expr, c as Expr) ?? differ([n], shapeOf(m as Expr)) ?? differ([n, n], shapeOf(c as Expr))
      return typed(
        derived('multivariateNormal', [m as Expr, c as Expr, key], problem, () => {
          const z = normal([sizeOf(shape), n])(key) as Expr
          const moved = matmul(z, transposed(cholesky(c as Expr) as Expr))
          return reshape([...shape, n])(add(moved as Expr, m as Expr))
        }),
      )
    },
)
const transposed = (x: Expr): Expr => permute([1, 0])(x)

interface ChoiceOptions {
  /** Whether an index may occur again. Default: true */
  readonly replace?: boolean
  /** Probabilities [n], up to a factor; equal ones by default. */
  readonly p?: readonly number[] | Expr
}
/**
 * Indices from 0 to n - 1, drawn with equal probability or with that of p; `indexSelect` gives the elements. Without
 * replacement they are the first of a random order: with p, that of ln p plus Gumbel numbers, so that they are drawn one
 * after the other from what is left. Cost: with replacement one uniform number each, and n comparisons with p; without, a
 * sort of n numbers.
 *
 * Errors:  InvalidAttribute where more than n are to be drawn without replacement; ShapeMismatch for another p
 *
 * @example
 * const f = programOrThrow([], () => choice(10, [3], { replace: false })(randomKey(1)))
 * f.out.shape // => [3]
 */
export const choice = operation(
  'choice(n, shape, options?{replace p})(key)',
  <const N extends number, const S extends Shape>(
    n: N & FitsSize<N>,
    shape: S & FitsDims<S>,
    { replace = true, p }: ChoiceOptions = {},
  ) =>
    (key: Key): Expr<S, 'int'> => {
      const weights: Expr | undefined = p === undefined ? undefined : isList(p) ? tensor([p.length], p) : p
      const k = sizeOf(shape)
      const problem =
        unless(replace ? k === 0 || n > 0 : k <= n, 'shape', `has ${k} elements, more than ${n}`) ??
        (weights === undefined ? undefined : (notReal(weights) ?? differ([n], shapeOf(weights))))
      return typed(
        derived('choice', weights === undefined ? [key] : [key, weights], problem, () =>
          replace
            ? withReplacement(n, shape, weights, key)
            : reshape(shape)(strided(0, 0, k, 1)(inOrder(n, weights, key))),
        ),
      )
    },
)
const isList = (p: readonly number[] | Expr): p is readonly number[] => Array.isArray(p)
const withReplacement = (n: number, shape: Shape, p: Expr | undefined, key: Key): Expr => {
  const u = uniform(shape)(key)
  if (p === undefined) return toInt(floor(mul(u, n)))
  const ends = cumSum(0)(p) as Expr
  const last = reshape([])(strided(0, n - 1, 1, 1)(ends))
  const below = toInt(le(ends, reshape([...shape, 1])(mul(u, last))))
  return sum(-1)(below)
}
const inOrder = (n: number, p: Expr | undefined, key: Key): Expr =>
  p === undefined ? permutation(n)(key) : argsort(true)(sub(log(p), log(exponential([n])(key))))

interface GumbelOptions {
  /** Small ones come near one hot vectors. Default: 1 */
  readonly temperature?: number
  /** One hot vectors, with the derivative of the soft ones. Default: false */
  readonly hard?: boolean
  /** Default: the last */
  readonly axis?: number
}
/**
 * softmax of the logits plus Gumbel numbers, over a temperature: random one hot vectors, blurred so that they have a
 * derivative. Source: Jang et al. 2017
 *
 * Shape:   [..., n, ...] -> the same
 * Errors:  AxisOutOfRange, ElementType; InvalidAttribute unless the temperature is positive
 */
export const gumbelSoftmax = operation(
  'gumbelSoftmax(logits!, options?{temperature hard axis})(key)',
  <S extends Shape>(logits: Real<S>, { temperature = 1, hard = false, axis = -1 }: GumbelOptions = {}) =>
    (key: Key): Real<S> => {
      const x: Expr = logits
      const problem =
        notReal(x) ?? axisProblem(axis, rankOf(x)) ?? unless(temperature > 0, 'temperature', 'must be positive')
      return typed(
        derived('gumbelSoftmax', [x, key], problem, () => {
          const noisy = div(add(x, gumbel(shapeOf(x))(key) as Expr), temperature)
          const soft: Expr = softmax(axis)(noisy as Real<Shape>)
          if (!hard) return soft
          const top = moveAxis(
            -1,
            axis,
          )(oneHot(sizeAt(x, axis < 0 ? axis + rankOf(x) : axis))(argmax(axis)(soft)) as Expr)
          return add(sub(top, stopGradient(soft)), soft)
        }),
      )
    },
)
