/**
 * Schedules: the learning rate of the next step, as an expression of the number of steps before it, k = 0, 1, ...
 * A training step reads k from the optimiser's state, so it needs no rate from outside.
 */
import { square } from '../../lang/operations/comparison.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add, div, exp, floor, log, lt, max, mul, power, select, sin, sub } from '../../lang/primitives/elementwise.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Rate, type Scalar, type Schedule, scheduleOf } from './optimizer.ts'
import { count, inside, notNegative, outOfRange, positive, rateSetting, scheduleUnless, whole } from './refuse.ts'

/**
 * rate gamma^floor(k / every): the rate is multiplied with gamma after every `every` steps.
 *
 * The code adds a half to k: it keeps the quotient off integers, where a rounded division could fall short.
 */
export const stepwise = (rate: number, every: number, gamma: number): Schedule =>
  scheduleUnless(
    outOfRange('stepwise', [
      ['rate', rate, notNegative],
      ['every', every, count],
      ['gamma', gamma, notNegative],
    ]),
    (k) => mul(rate, power(gamma, floor(div(add(k, 0.5), every)))),
  )

/**
 * rate gamma^k: the rate is multiplied with gamma after every step. It is computed as e^(k ln gamma): a gamma near 1 has
 * few digits in float32, its logarithm has all.
 */
export const exponential = (rate: number, gamma: number): Schedule =>
  scheduleUnless(
    outOfRange('exponential', [
      ['rate', rate, notNegative],
      ['gamma', gamma, notNegative],
    ]),
    (k) => mul(rate, gamma === 0 ? power(gamma, k) : exp(mul(Math.log(gamma), k))),
  )

/** Half of 1 - cos(pi x) as sin^2(pi / 2 x), which does not cancel near 0. */
const halfCosine = (left: Expr): Expr => square(sin(mul(Math.PI / 2, left)))
/** The share of the steps that is left after k, from 1 to 0; it stays at 0. */
const leftOf = (k: Scalar, steps: number): Expr => max(0, div(sub(steps, k), steps))
const falling = (op: string, rate: number, steps: number, to: number): Diagnostics =>
  outOfRange(op, [
    ['rate', rate, notNegative],
    ['steps', steps, count],
    ['to', to, notNegative],
  ])
const cosineOf = (rate: number, steps: number, to: number, left: (k: Scalar) => Expr): Schedule =>
  scheduleUnless(falling('cosine', rate, steps, to), (k) =>
    add(to, mul(rate - to, square(sin(mul(Math.PI / 2 / steps, left(k)))))),
  )
/**
 * From rate at k = 0 along half a cosine to `to`, 0 by default, at k = steps >= 1, where it stays. Half of
 * 1 + cos(pi k / steps) is computed as sin^2(pi / 2 (steps - k) / steps), which does not cancel near the end.
 */
export const cosine = (rate: number, steps: number, to = 0): Schedule =>
  cosineOf(rate, steps, to, (k) => max(0, sub(steps, k)))
/** PyTorch's cosine, which rises again after its end. */
export const cosineWave = (rate: number, steps: number, to: number): Schedule =>
  cosineOf(rate, steps, to, (k) => sub(steps, k))

/** From rate to `to` along (1 - k / steps)^degree, 1 by default, which is a line; it stays at its end. */
export const polynomial = (rate: number, steps: number, to = 0, degree = 1): Schedule =>
  scheduleUnless(
    [...falling('polynomial', rate, steps, to), ...outOfRange('polynomial', [['degree', degree, positive]])],
    (k) => add(to, mul(rate - to, degree === 1 ? leftOf(k, steps) : power(leftOf(k, steps), degree))),
  )

/**
 * The cosine from its beginning after `first` steps, then after `factor` times as many, and so on; 1 by default.
 *
 * Source:  Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017)
 */
export const cosineRestarts = (rate: number, first: number, factor = 1, to = 0): Schedule =>
  scheduleUnless(
    [...falling('cosineRestarts', rate, first, to), ...outOfRange('cosineRestarts', [['factor', factor, count]])],
    (k) => {
      // the number of restarts so far; 1e-6 keeps logarithms and quotients off integers
      const n =
        factor === 1
          ? floor(div(add(k, 0.5), first))
          : floor(add(mul(1 / Math.log(factor), log(add(1, mul((factor - 1) / first, k)))), 1e-6))
      const length = factor === 1 ? n : power(factor, n)
      const begin = factor === 1 ? mul(first, n) : mul(first / (factor - 1), sub(length, 1))
      const size = factor === 1 ? first : mul(first, length)
      return add(to, mul(rate - to, halfCosine(sub(1, div(sub(k, begin), size)))))
    },
  )

/** The options of `oneCycle`. */
export interface OneCycleOptions {
  /** The share of the steps on which the rate rises, between 0 and 1; 0.3 by default. */
  readonly rise?: number
  /** The first rate is rate / `first`; 25 by default. */
  readonly first?: number
  /** The last rate is the first one / `last`; 1e4 by default. */
  readonly last?: number
}
/**
 * Up to `rate` and down again, each along half a cosine; it stays at its end, the step number steps - 1.
 *
 * Source:  Smith and Topin, "Super-convergence" (2018); as PyTorch's OneCycleLR
 */
export const oneCycle = (rate: number, steps: number, options: OneCycleOptions = {}): Schedule => {
  const { rise = 0.3, first = 25, last = 1e4 } = options
  const wrong = outOfRange('oneCycle', [
    ['rate', rate, notNegative],
    ['steps', steps, count],
    ['rise', rise, inside],
    ['first', first, positive],
    ['last', last, positive],
  ])
  const [from, to] = [rate / first, rate / first / last]
  const top = rise * steps - 1
  const between = (a: number, b: number, left: Expr): Expr => add(b, mul(a - b, halfCosine(left)))
  return scheduleUnless(wrong, (k) =>
    select(
      lt(k, top),
      between(from, rate, sub(1, div(k, top))),
      between(rate, to, max(0, div(sub(steps - 1, k), steps - 1 - top))),
    ),
  )
}

/** rate, times a factor from each of these steps on: piecewise(0.1, [[100, 0.5], [200, 0.1]]). */
export const piecewise = (rate: number, changes: readonly (readonly [at: number, factor: number])[]): Schedule =>
  scheduleUnless(
    outOfRange('piecewise', [
      ['rate', rate, notNegative],
      ...changes.flatMap(([at, factor], i) => [
        [`changes[${i}][0]`, at, whole] as const,
        [`changes[${i}][1]`, factor, notNegative] as const,
      ]),
    ]),
    (k) => changes.reduce<Scalar>((r, [at, factor]) => mul(r, select(lt(k, at), 1, factor)), constant([], rate)),
  )

/**
 * One schedule after another: the next begins, with its own k = 0, where the one before has had its number of steps.
 *
 * @example
 * joined([[100, polynomial(0, 100, 0.1)], [900, cosine(0.1, 900)]], 1e-4)      // then 1e-4
 */
export const joined = (parts: readonly (readonly [steps: number, rate: Rate])[], then: Rate): Schedule =>
  scheduleUnless(
    outOfRange('joined', [
      ...parts.flatMap(([steps, rate], i) => [[`steps[${i}]`, steps, whole] as const, rateSetting(rate)]),
      rateSetting(then),
    ]),
    (k) => {
      const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((n, [steps]) => n + steps, 0))
      const from = (i: number): number => (i === 0 ? 0 : (ends[i - 1] ?? 0))
      return parts.reduceRight<Scalar>(
        (later, [, rate], i) => select(lt(k, ends[i] ?? 0), scheduleOf(rate)(sub(k, from(i))), later),
        scheduleOf(then)(sub(k, from(parts.length))),
      )
    },
  )

/**
 * A linear warm-up: rate (k + 1) / steps for k < steps, with the first rate of `then`; afterwards `then` from its
 * beginning. With 0 steps it is `then`.
 *
 * @example
 * sgd({ rate: warmUp(100)(cosine(0.1, 1000)) })
 */
export const warmUp = (steps: number) => {
  const wrong = outOfRange('warmUp', [['steps', steps, whole]])
  return (then: Rate): Schedule =>
    scheduleUnless([...wrong, ...outOfRange('warmUp', [rateSetting(then)])], (k) => {
      const after = scheduleOf(then)
      if (steps === 0) return after(k)
      const peak = after(mul(k, 0))
      return select(lt(k, steps), mul(peak, div(add(k, 1), steps)), after(add(k, -steps)))
    })
}
