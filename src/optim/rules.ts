/**
 * The optimisers. Each is its slots and one rule, stated as equations beside the code: p a parameter, g its gradient,
 * everything elementwise, t = 1, 2, ... the number of the step. The rules are PyTorch's, and so are the defaults.
 *
 * A running mean of squares is kept as its root, since the square of a gradient above 1e19 overflows float32.
 */

import { gt, safeSelect } from '../../lang/operations/comparison.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  expm1,
  hypot,
  max,
  mul,
  neg,
  select,
  sqrt,
  sub,
} from '../../lang/primitives/elementwise.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Optimizer, type Rate, type Scalar, type Slots, scheduleOf, type Updated } from './optimizer.ts'
import { memory, notNegative, optimizerUnless, outOfRange, rateSetting, share } from './refuse.ts'

export interface Common {
  /** The learning rate: a number, or a schedule. */
  readonly rate: Rate
  /** c >= 0: g + c p takes the place of g, the gradient of a penalty c/2 p^2; 0 by default. AdamW shrinks p instead. */
  readonly weightDecay?: number
}
/** The values that a rule reads beside its tensor: the rate, and the number of this step, t = 1, 2, ... */
interface Moment {
  readonly rate: Scalar
  readonly t: Scalar
}
export type TensorRule<Slot extends string> = (p: Expr, g: Expr, slots: Slots<Slot>, at: Moment) => Updated<string>
/**
 * The optimiser that treats every tensor by one rule. `slots` says which slots there are, with their start. A rule may
 * read and return more slots (a slot that an option adds): those that `slots` has not are ignored.
 */
export const make = <O extends Optimizer<never>, Slot extends string>(
  name: string,
  rate: Rate,
  slots: { readonly [K in Slot]?: number },
  rule: TensorRule<Slot>,
  wrong: Diagnostics,
  shapes?: Optimizer<Slot>['shapes'],
): O => {
  const schedule = scheduleOf(rate)
  const step = (tensors: readonly { readonly p: Expr; readonly g: Expr; readonly slots: Slots<Slot> }[], k: Scalar) => {
    const at: Moment = { rate: schedule(k), t: add(k, 1) }
    return tensors.map((x) => rule(x.p, x.g, x.slots, at))
  }
  return optimizerUnless(
    wrong,
    typed<O>({ name, rate: schedule, slots, step, ...(shapes !== undefined && { shapes }) }),
  )
}
/** The settings that all optimisers have. */
export const common = ({ rate, weightDecay }: Common) =>
  [rateSetting(rate), ['weightDecay', weightDecay, notNegative]] as const

/** x + c y; c = 0 builds nothing. */
export const plus = (x: Expr, c: number, y: Expr): Expr => (c === 0 ? x : add(x, mul(c, y)))
/** beta a + (1 - beta) x: a running mean with memory beta. */
export const blend = (beta: number, a: Expr, x: Expr): Expr => add(mul(beta, a), mul(1 - beta, x))
/** sqrt(x^2 + y^2), with derivative 0 where both are 0, as the 2-norm has it. */
export const distance = (x: Expr, y: Expr | number): Expr => {
  const origin = and(eq(x, 0), eq(y, 0))
  return select(origin, 0, hypot(select(origin, 1, x), y))
}
/** sqrt(beta r^2 + (1 - beta) x^2): a running root mean square with memory beta. */
export const blendRoot = (beta: number, r: Expr, x: Expr): Expr =>
  distance(mul(Math.sqrt(beta), r), mul(Math.sqrt(1 - beta), x))
/** The square root, with derivative 0 where x is not positive, as the 2-norm has it: a step stays differentiable. */
export const root = (x: Expr): Expr => safeSelect(sqrt, 1, 0)(gt(x, 0), x)
/** 1 - beta^t, without cancellation when beta is near 1. */
export const correction = (beta: number, t: Scalar): Expr =>
  beta === 0 ? div(t, t) : neg(expm1(mul(Math.log(beta), t)))
export const descend = (p: Expr, rate: Expr, direction: Expr): Expr => sub(p, mul(rate, direction))

// -- one rate for all ------------------------------------------------------------------------------------------------

interface SgdOptions extends Common {
  /** m, 0 .. 1: the share of the last velocity that is kept; none by default, and then there is no velocity. */
  readonly momentum?: number
  /** The share of the gradient that is left out of the velocity, 0 .. 1; 0 by default. */
  readonly dampening?: number
  /** Whether to step along g + m v instead of v; false by default. */
  readonly nesterov?: boolean
}
type SgdSlot<O extends SgdOptions> = O extends { readonly momentum: number } ? 'velocity' : never
const sgdRule = ({
  weightDecay = 0,
  momentum: m = 0,
  dampening = 0,
  nesterov = false,
}: SgdOptions): TensorRule<'velocity'> =>
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
 *
 * @example
 * sgd({ rate: 0.1, momentum: 0.9, nesterov: true })
 */
export const sgd = <const O extends SgdOptions>(options: O): Optimizer<SgdSlot<O>> =>
  make(
    'SGD',
    options.rate,
    options.momentum === undefined ? {} : { velocity: 0 },
    sgdRule(options),
    outOfRange('sgd', [
      ...common(options),
      ['momentum', options.momentum, share],
      ['dampening', options.dampening, share],
    ]),
  )

// -- a rate for each number ------------------------------------------------------------------------------------------

interface AdamOptions extends Common {
  /** b1 and b2, the memories of the running means of g and g^2, from 0 to below 1; [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number]
  /** Added to the denominator; 1e-8 by default. */
  readonly eps?: number
  /** Whether to divide by the largest second moment so far; false by default. */
  readonly amsgrad?: boolean
}
type AdamSlot<O extends AdamOptions> = 'm' | 'rms' | (O extends { readonly amsgrad: true } ? 'rmsMax' : never)
const adamRule =
  ({ betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, amsgrad = false }: AdamOptions): TensorRule<'m' | 'rms' | 'rmsMax'> =>
  (p, g, slots, { rate, t }) => {
    const m = blend(b1, slots.m, g)
    const rms = blendRoot(b2, slots.rms, g)
    const rmsMax = amsgrad ? max(slots.rmsMax, rms) : rms
    // the root of the correction is divided once, not for every number
    const scale = add(mul(rmsMax, div(1, root(correction(b2, t)))), eps)
    return [descend(p, div(rate, correction(b1, t)), div(m, scale)), amsgrad ? { m, rms, rmsMax } : { m, rms }]
  }
const adamSlots = ({ amsgrad = false }: AdamOptions) => (amsgrad ? { m: 0, rms: 0, rmsMax: 0 } : { m: 0, rms: 0 })
const adamWrong = (op: string, options: AdamOptions): Diagnostics =>
  outOfRange(op, [
    ...common(options),
    ['betas[0]', options.betas?.[0], memory],
    ['betas[1]', options.betas?.[1], memory],
    ['eps', options.eps, notNegative],
  ])
/**
 * Running means of g and g^2, corrected for their start at 0; r is the root of the second.
 *
 *   m = b1 m + (1 - b1) g;  r^2 = b2 r^2 + (1 - b2) g^2;  p = p - rate / (1 - b1^t) m / (r / sqrt(1 - b2^t) + eps)
 *
 * Source:  Kingma and Ba, "Adam" (2015); amsgrad: Reddi, Kale, Kumar (2018), r's maximum before the correction
 *
 * @example
 * adam({ rate: 1e-3 })
 */
export const adam = <const O extends AdamOptions>(options: O): Optimizer<AdamSlot<O>> => {
  const rule = adamRule(options)
  const decayed: typeof rule = (p, g, slots, at) => rule(p, plus(g, options.weightDecay ?? 0, p), slots, at)
  return make('Adam', options.rate, adamSlots(options), decayed, adamWrong('adam', options))
}
/**
 * Adam, with p = (1 - rate weightDecay) p first, so that the decay does not pass through the moments. `weightDecay` is
 * 0.01 by default.
 *
 * Source:  Loshchilov and Hutter, "Decoupled weight decay regularization" (2019)
 */
export const adamW = <const O extends AdamOptions>(options: O): Optimizer<AdamSlot<O>> => {
  const rule = adamRule(options)
  const decay = options.weightDecay ?? 0.01
  const shrunk: typeof rule = (p, g, slots, at) => rule(mul(p, sub(1, mul(at.rate, decay))), g, slots, at)
  return make('AdamW', options.rate, adamSlots(options), decay === 0 ? rule : shrunk, adamWrong('adamW', options))
}

/** sqrt(r^2 - x^2), 0 where x is larger: as a product of two roots, without squares. */
const legOf = (r: Expr, x: Expr): Expr => mul(root(sub(r, x)), root(add(r, x)))

interface RmsPropOptions extends Common {
  /** The memory of the running means, from 0 to below 1; 0.99 by default. */
  readonly alpha?: number
  /** Added to the denominator, outside the root; 1e-8 by default. */
  readonly eps?: number
  /** The share of the last velocity that is kept; none by default, and then there is no velocity. */
  readonly momentum?: number
  /** Whether to divide by the standard deviation instead of the root of the mean square; false by default. */
  readonly centered?: boolean
}
type RmsPropSlot<O extends RmsPropOptions> =
  | 'rms'
  | (O extends { readonly centered: true } ? 'mean' : never)
  | (O extends { readonly momentum: number } ? 'velocity' : never)
/**
 * A running mean of g^2 scales the step. r is its root. Where rounding makes r^2 - mean^2 negative it
 * counts as 0 (NaN in PyTorch).
 *
 *   r^2 = alpha r^2 + (1 - alpha) g^2;   d = r, or sqrt(r^2 - mean^2) when centered;   p = p - rate g / (d + eps)
 *   with momentum m:  velocity = m velocity + g / (d + eps);   p = p - rate velocity
 *
 * Source:  Hinton, "Neural networks for machine learning", lecture 6e (2012)
 */
export const rmsProp = <const O extends RmsPropOptions>(options: O): Optimizer<RmsPropSlot<O>> => {
  const { alpha = 0.99, eps = 1e-8, weightDecay = 0, centered = false, momentum } = options
  const slots = { rms: 0, ...(centered && { mean: 0 }), ...(momentum !== undefined && { velocity: 0 }) }
  const rule: TensorRule<'rms' | 'mean' | 'velocity'> = (p, gradient, s, { rate }) => {
    const g = plus(gradient, weightDecay, p)
    const rms = blendRoot(alpha, s.rms, g)
    const mean = centered ? blend(alpha, s.mean, g) : rms
    const d = div(g, add(centered ? legOf(rms, abs(mean)) : rms, eps))
    const velocity = momentum === undefined ? d : add(mul(momentum, s.velocity), d)
    return [descend(p, rate, velocity), { rms, mean, velocity }]
  }
  const wrong = outOfRange('rmsProp', [
    ...common(options),
    ['alpha', alpha, memory],
    ['eps', eps, notNegative],
    ['momentum', momentum, share],
  ])
  return make('RMSprop', options.rate, slots, rule, wrong)
}

interface AdadeltaOptions extends Partial<Common> {
  /** The memory of the running means, from 0 to below 1; 0.9 by default. The rate is 1 by default. */
  readonly rho?: number
  /** Added to both mean squares under their roots; 1e-6 by default. */
  readonly eps?: number
}
/**
 * Steps in the parameter's own units: the root mean square u of past steps over that of past gradients, v.
 *
 *   v^2 = rho v^2 + (1 - rho) g^2;   d = sqrt(u^2 + eps) / sqrt(v^2 + eps) g;   u^2 = rho u^2 + (1 - rho) d^2
 *   p = p - rate d
 *
 * Source:  Zeiler, "Adadelta" (2012)
 */
export const adadelta = ({
  rate = 1,
  rho = 0.9,
  eps = 1e-6,
  weightDecay = 0,
}: AdadeltaOptions): Optimizer<'rms' | 'rmsStep'> =>
  make(
    'Adadelta',
    rate,
    { rms: 0, rmsStep: 0 },
    (p, gradient, slots, at) => {
      const g = plus(gradient, weightDecay, p)
      const rms = blendRoot(rho, slots.rms, g)
      const least = Math.sqrt(eps)
      const d = mul(div(distance(slots.rmsStep, least), distance(rms, least)), g)
      return [descend(p, at.rate, d), { rms, rmsStep: blendRoot(rho, slots.rmsStep, d) }]
    },
    outOfRange('adadelta', [...common({ rate, weightDecay }), ['rho', rho, memory], ['eps', eps, notNegative]]),
  )

interface AdagradOptions extends Common {
  /** The rate of step t is rate / (1 + (t - 1) rateDecay); 0 by default. */
  readonly rateDecay?: number
  /** Added to the denominator, outside the root; 1e-10 by default. */
  readonly eps?: number
  /** The start of the sum of squares; 0 by default. */
  readonly initial?: number
}
/**
 * The root r of the sum of all squares so far scales the step.
 *
 *   r^2 = r^2 + g^2;   p = p - rate / (1 + (t - 1) rateDecay) g / (r + eps)
 *
 * Source:  Duchi, Hazan, Singer, "Adaptive subgradient methods" (2011)
 */
export const adagrad = ({
  rate,
  rateDecay = 0,
  eps = 1e-10,
  initial = 0,
  weightDecay = 0,
}: AdagradOptions): Optimizer<'root'> =>
  make(
    'Adagrad',
    rate,
    { root: Math.sqrt(initial) },
    (p, gradient, slots, at) => {
      const g = plus(gradient, weightDecay, p)
      const r = distance(slots.root, g)
      const falling = rateDecay === 0 ? at.rate : div(at.rate, add(1, mul(rateDecay, sub(at.t, 1))))
      return [descend(p, falling, div(g, add(r, eps))), { root: r }]
    },
    outOfRange('adagrad', [
      ...common({ rate, weightDecay }),
      ['rateDecay', rateDecay, notNegative],
      ['eps', eps, notNegative],
      ['initial', initial, notNegative],
    ]),
  )
