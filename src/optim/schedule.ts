/**
 * Schedules: the learning rate of the next step from the number of steps done, k = 0, 1, ..., as an expression. Programs
 * read k from the optimiser's state, so the rate needs nobody outside.
 */
import { add, cos, div, floor, lt, mul, power, select } from '../../lang/primitives/elementwise.ts'
import { type Rate, type Schedule, scheduleOf } from './optimizer.ts'

/** rate gamma^floor(k / every). The half keeps the quotient off whole numbers, where a rounded division could fall short. */
export const stepwise =
  (rate: number, every: number, gamma: number): Schedule =>
  (k) =>
    mul(rate, power(gamma, floor(div(add(k, 0.5), every))))

/** rate gamma^k */
export const exponential =
  (rate: number, gamma: number): Schedule =>
  (k) =>
    mul(rate, power(gamma, k))

/** From rate at k = 0 down to `to` at k = steps along half a cosine; it rises again after that. */
export const cosine =
  (rate: number, steps: number, to = 0): Schedule =>
  (k) =>
    add(to, mul((rate - to) / 2, add(1, cos(mul(Math.PI / steps, k)))))

/** Up in a straight line over the first steps, rate / steps at k = 0, then the schedule from its beginning. */
export const warmUp =
  (steps: number) =>
  (then: Rate): Schedule =>
  (k) => {
    const after = scheduleOf(then)
    const peak = after(mul(k, 0))
    return select(lt(k, steps), mul(peak, div(add(k, 1), steps)), after(add(k, -steps)))
  }
