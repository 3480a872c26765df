/**
 * The optimisers. Each is its slots and one rule, stated as equations beside the code: p a parameter, g its gradient,
 * everything elementwise, t = 1, 2, ... The rules are PyTorch's, and so are the defaults.
 */

import { gt, safeSelect } from '../../lang/operations/comparison.ts'
import { add, div, eq, expm1, max, mul, neg, select, sqrt, sub } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Optimizer, type Rate, type Scalar, type Slots, scheduleOf, type Updated } from './optimizer.ts'

interface Common {
  /** The learning rate: a number, or a schedule. */
  readonly rate: Rate
  /** c: g + c p takes the place of g (the gradient of c/2 p^2). AdamW shrinks p instead. */
  readonly weightDecay?: number
}
/** What a rule may know beside its tensor: the rate, and the number of this step, t = 1, 2, ... */
interface Moment {
  readonly rate: Scalar
  readonly t: Scalar
}
type Rule<Slot extends string> = (p: Expr, g: Expr, slots: Slots<Slot>, at: Moment) => Updated<Slot>
/** Every tensor by one rule. */
const make = <Slot extends string>(
  name: string,
  rate: Rate,
  slots: Optimizer<Slot>['slots'],
  rule: Rule<Slot>,
): Optimizer<Slot> => {
  const schedule = scheduleOf(rate)
  return {
    name,
    rate: schedule,
    slots,
    step: (tensors, k) => {
      const at: Moment = { rate: schedule(k), t: add(k, 1) }
      return tensors.map((x) => rule(x.p, x.g, x.slots, at))
    },
  }
}

/** x + c y; c = 0 builds nothing. */
const plus = (x: Expr, c: number, y: Expr): Expr => (c === 0 ? x : add(x, mul(c, y)))
/** beta a + (1 - beta) x: a running mean with memory beta. */
const blend = (beta: number, a: Expr, x: Expr): Expr => add(mul(beta, a), mul(1 - beta, x))
/** The square root with derivative 0 where x is not positive, the convention of the 2-norm: so a step has a derivative. */
export const root = (x: Expr): Expr => safeSelect(sqrt, 1, 0)(gt(x, 0), x)
/** 1 - beta^t, without the cancellation of a beta near 1. */
export const correction = (beta: number, t: Scalar): Expr =>
  beta === 0 ? div(t, t) : neg(expm1(mul(Math.log(beta), t)))
const descend = (p: Expr, rate: Expr, direction: Expr): Expr => sub(p, mul(rate, direction))

// -- one rate for all ------------------------------------------------------------------------------------------------

export interface Sgd extends Common {
  readonly momentum?: number
  readonly dampening?: number
  readonly nesterov?: boolean
}
type SgdSlot<O extends Sgd> = O extends { readonly momentum: number } ? 'velocity' : never
const sgdRule = ({ weightDecay = 0, momentum: m = 0, dampening = 0, nesterov = false }: Sgd): Rule<'velocity'> =>
  m === 0
    ? (p, g, slots, { rate }) => [descend(p, rate, plus(g, weightDecay, p)), slots]
    : (p, gradient, { velocity }, { rate, t }) => {
        const g = plus(gradient, weightDecay, p)
        const next = add(mul(m, velocity), dampening === 0 ? g : mul(1 - dampening, g))
        const v = dampening === 0 ? next : select(eq(t, 1), g, next)
        return [descend(p, rate, nesterov ? add(g, mul(m, v)) : v), { velocity: v }]
      }
/**
 * Gradient descent, stochastic when the gradient is a batch's; with momentum m the heavy ball, or Nesterov's.
 *
 *   v = m v + (1 - dampening) g, and v = g at t = 1;   p = p - rate v     (nesterov: p - rate (g + m v))
 */
export const sgd = <const O extends Sgd>(options: O): Optimizer<SgdSlot<O>> => {
  const slots = options.momentum === undefined ? {} : { velocity: 0 }
  return make('SGD', options.rate, slots as { readonly velocity: number }, sgdRule(options)) as never
}

// -- a rate for each number ------------------------------------------------------------------------------------------

export interface Adam extends Common {
  readonly betas?: readonly [number, number]
  readonly eps?: number
  /** Divide by the largest second moment so far. */
  readonly amsgrad?: boolean
}
type AdamSlot<O extends Adam> = 'm' | 'v' | (O extends { readonly amsgrad: true } ? 'vMax' : never)
const adamRule =
  ({ betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, amsgrad = false }: Adam): Rule<'m' | 'v' | 'vMax'> =>
  (p, g, slots, { rate, t }) => {
    const m = blend(b1, slots.m, g)
    const v = blend(b2, slots.v, mul(g, g))
    const vMax = amsgrad ? max(slots.vMax, v) : v
    // the correction is divided once, not for every number
    const scale = add(mul(root(vMax), div(1, root(correction(b2, t)))), eps)
    return [descend(p, div(rate, correction(b1, t)), div(m, scale)), amsgrad ? { m, v, vMax } : ({ m, v } as never)]
  }
const adamSlots = ({ amsgrad = false }: Adam): Optimizer<'m' | 'v' | 'vMax'>['slots'] =>
  amsgrad ? { m: 0, v: 0, vMax: 0 } : ({ m: 0, v: 0 } as never)
/**
 * Running means of g and g^2, corrected for their start at 0.
 *
 *   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p = p - rate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * Source:  Kingma and Ba, "Adam" (2015); amsgrad: Reddi, Kale, Kumar (2018), v's maximum before the correction
 */
export const adam = <const O extends Adam>(options: O): Optimizer<AdamSlot<O>> => {
  const rule = adamRule(options)
  const decayed: typeof rule = (p, g, slots, at) => rule(p, plus(g, options.weightDecay ?? 0, p), slots, at)
  return make('Adam', options.rate, adamSlots(options), decayed) as never
}
/**
 * Adam, with p = (1 - rate weightDecay) p first: the decay does not pass through the moments.
 *
 * Source:  Loshchilov and Hutter, "Decoupled weight decay regularization" (2019)
 */
export const adamW = <const O extends Adam>(options: O): Optimizer<AdamSlot<O>> => {
  const rule = adamRule(options)
  const decay = options.weightDecay ?? 0.01
  const shrunk: typeof rule = (p, g, slots, at) => rule(mul(p, sub(1, mul(at.rate, decay))), g, slots, at)
  return make('AdamW', options.rate, adamSlots(options), decay === 0 ? rule : shrunk) as never
}

export interface RmsProp extends Common {
  /** The memory of the running means. */
  readonly alpha?: number
  readonly eps?: number
  readonly momentum?: number
  /** Divide by the standard deviation, not by the root of the mean square. */
  readonly centered?: boolean
}
type RmsPropSlot<O extends RmsProp> =
  | 'v'
  | (O extends { readonly centered: true } ? 'mean' : never)
  | (O extends { readonly momentum: number } ? 'velocity' : never)
/**
 * A running mean of g^2 scales the step; eps stands outside the root. Where rounding makes v - mean^2 negative it
 * counts as 0 (elsewhere: NaN).
 *
 *   v = alpha v + (1 - alpha) g^2;   d = sqrt(v - mean^2, when centered) + eps;   p = p - rate g / d
 *   with momentum m:  velocity = m velocity + g / d;   p = p - rate velocity
 *
 * Source:  Hinton, "Neural networks for machine learning", lecture 6e (2012)
 */
export const rmsProp = <const O extends RmsProp>(options: O): Optimizer<RmsPropSlot<O>> => {
  const { alpha = 0.99, eps = 1e-8, weightDecay = 0, centered = false, momentum } = options
  const remembered = { v: 0, ...(centered && { mean: 0 }), ...(momentum !== undefined && { velocity: 0 }) }
  const rule: Rule<'v' | 'mean' | 'velocity'> = (p, gradient, slots, { rate }) => {
    const g = plus(gradient, weightDecay, p)
    const v = blend(alpha, slots.v, mul(g, g))
    const mean = centered ? blend(alpha, slots.mean, g) : v
    const d = div(g, add(root(centered ? sub(v, mul(mean, mean)) : v), eps))
    const velocity = momentum === undefined ? d : add(mul(momentum, slots.velocity), d)
    return [descend(p, rate, velocity), { v, mean, velocity }]
  }
  return make('RMSprop', options.rate, remembered as { v: number; mean: number; velocity: number }, rule) as never
}

export interface Adadelta extends Partial<Common> {
  readonly rho?: number
  readonly eps?: number
}
/**
 * Steps in the parameter's own units: the mean square of past steps over that of past gradients.
 *
 *   v = rho v + (1 - rho) g^2;   d = sqrt(u + eps) / sqrt(v + eps) g;   u = rho u + (1 - rho) d^2;   p = p - rate d
 *
 * Source:  Zeiler, "Adadelta" (2012)
 */
export const adadelta = ({ rate = 1, rho = 0.9, eps = 1e-6, weightDecay = 0 }: Adadelta): Optimizer<'v' | 'u'> =>
  make('Adadelta', rate, { v: 0, u: 0 }, (p, gradient, slots, at) => {
    const g = plus(gradient, weightDecay, p)
    const v = blend(rho, slots.v, mul(g, g))
    const d = mul(div(sqrt(add(slots.u, eps)), sqrt(add(v, eps))), g)
    return [descend(p, at.rate, d), { v, u: blend(rho, slots.u, mul(d, d)) }]
  })

export interface Adagrad extends Common {
  /** The rate of step t is rate / (1 + (t - 1) rateDecay). */
  readonly rateDecay?: number
  readonly eps?: number
  /** What the sum of squares starts from. */
  readonly initial?: number
}
/**
 * The sum of all squares so far scales the step.
 *
 *   s = s + g^2;   p = p - rate / (1 + (t - 1) rateDecay) g / (sqrt(s) + eps)
 *
 * Source:  Duchi, Hazan, Singer, "Adaptive subgradient methods" (2011)
 */
export const adagrad = ({ rate, rateDecay = 0, eps = 1e-10, initial = 0, weightDecay = 0 }: Adagrad): Optimizer<'s'> =>
  make('Adagrad', rate, { s: initial }, (p, gradient, slots, at) => {
    const g = plus(gradient, weightDecay, p)
    const s = add(slots.s, mul(g, g))
    const falling = rateDecay === 0 ? at.rate : div(at.rate, add(1, mul(rateDecay, sub(at.t, 1))))
    return [descend(p, falling, div(g, add(root(s), eps))), { s }]
  })
