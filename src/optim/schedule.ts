/**
 * Schedules: the learning rate of the next step, as an expression of the number of steps before it, k = 0, 1, ...
 * A training step reads k from the optimiser's state, so it needs no rate from outside.
 */
import { square } from '../../lang/operations/comparison.ts'
import { add, div, exp, floor, lt, mul, power, select, sin, sub } from '../../lang/primitives/elementwise.ts'
import { type Rate, type Schedule, scheduleOf } from './optimizer.ts'
import { count, notNegative, outOfRange, rateSetting, scheduleUnless, whole } from './refuse.ts'

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

/**
 * From rate at k = 0 along half a cosine to `to`, 0 by default, at k = steps >= 1; it rises again after that. Half of
 * 1 + cos(pi k / steps) is computed as sin^2(pi / 2 (steps - k) / steps), which does not cancel near the end.
 */
export const cosine = (rate: number, steps: number, to = 0): Schedule =>
  scheduleUnless(
    outOfRange('cosine', [
      ['rate', rate, notNegative],
      ['steps', steps, count],
      ['to', to, notNegative],
    ]),
    (k) => add(to, mul(rate - to, square(sin(mul(Math.PI / 2 / steps, sub(steps, k)))))),
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
