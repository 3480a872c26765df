/** More rules with a rate for each number: relatives of Adam, and rules that read signs. Stated as in rules.ts. */
import { gt } from '../../lang/operations/comparison.ts'
import {
  abs,
  add,
  div,
  eq,
  exp,
  lt,
  max,
  min,
  mul,
  power as powerOf,
  select,
  sign,
  sub,
} from '../../lang/primitives/elementwise.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Optimizer, Scalar } from './optimizer.ts'
import { memory, notNegative, outOfRange, positive } from './refuse.ts'
import {
  blend,
  blendRoot,
  type Common,
  common,
  correction,
  descend,
  make,
  plus,
  root,
  type TensorRule,
} from './rules.ts'

/** The options of Adam's relatives. */
export interface MomentOptions extends Common {
  /** b1 and b2, the memories of the running means, from 0 to below 1. */
  readonly betas?: readonly [number, number]
  /** Added to the denominator. */
  readonly eps?: number
}
export const momentsWrong = (op: string, o: MomentOptions): Diagnostics =>
  outOfRange(op, [
    ...common(o),
    ['betas[0]', o.betas?.[0], memory],
    ['betas[1]', o.betas?.[1], memory],
    ['eps', o.eps, notNegative],
  ])

/**
 * Adam with the largest gradient, fading, in place of the root mean square.
 *
 *   m = b1 m + (1 - b1) g;   u = max(b2 u, |g| + eps);   p = p - rate / (1 - b1^t) m / u
 *
 * Source:  Kingma and Ba, "Adam" (2015), section 7
 */
export const adamax = (options: MomentOptions): Optimizer<'m' | 'largest'> => {
  const { betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0, rate } = options
  const rule: TensorRule<'m' | 'largest'> = (p, gradient, slots, at) => {
    const g = plus(gradient, weightDecay, p)
    const m = blend(b1, slots.m, g)
    const largest = max(mul(b2, slots.largest), add(abs(g), eps))
    return [descend(p, div(at.rate, correction(b1, at.t)), div(m, largest)), { m, largest }]
  }
  return make('Adamax', rate, { m: 0, largest: 0 }, rule, momentsWrong('adamax', options))
}

interface NadamOptions extends MomentOptions {
  /** c of the memory of step t, b1 (1 - 0.96^(t c) / 2); 0.004 by default. */
  readonly momentumDecay?: number
}
/**
 * Adam with Nesterov's momentum: the mean of the next step is read before it. The product of all memories so far, q, is
 * kept.
 *
 *   b(t) = b1 (1 - 0.96^(t c) / 2);   q = q b(t);   m, r as adam's;   d = r / sqrt(1 - b2^t) + eps
 *   p = p - rate ((1 - b(t)) / (1 - q) g + b(t + 1) / (1 - q b(t + 1)) m) / d
 *
 * Source:  Dozat, "Incorporating Nesterov momentum into Adam" (2016)
 */
export const nadam = (options: NadamOptions): Optimizer<'m' | 'rms' | 'product'> => {
  const { betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0, momentumDecay: c = 0.004, rate } = options
  const memoryAt = (t: Scalar): Expr => mul(b1, sub(1, mul(0.5, exp(mul(c * Math.log(0.96), t)))))
  const rule: TensorRule<'m' | 'rms' | 'product'> = (p, gradient, slots, at) => {
    const g = plus(gradient, weightDecay, p)
    const [m, rms] = [blend(b1, slots.m, g), blendRoot(b2, slots.rms, g)]
    const [now, next] = [memoryAt(at.t), memoryAt(add(at.t, 1))]
    const product = mul(slots.product, now)
    const direction = add(mul(div(sub(1, now), sub(1, product)), g), mul(div(next, sub(1, mul(product, next))), m))
    const scale = add(mul(rms, div(1, root(correction(b2, at.t)))), eps)
    return [descend(p, at.rate, div(direction, scale)), { m, rms, product }]
  }
  const wrong = [
    ...momentsWrong('nadam', options),
    ...outOfRange('nadam', [['momentumDecay', options.momentumDecay, notNegative]]),
  ]
  return make('NAdam', rate, { m: 0, rms: 0, product: 1 }, rule, wrong, { product: () => [] })
}

/**
 * Adam that is momentum alone while the variance of its scale is not yet bounded: until n, the number of gradients that
 * the mean of squares stands for, is above 5.
 *
 *   n = N - 2 t b2^t / (1 - b2^t), N = 2 / (1 - b2) - 1;   m, r as adam's
 *   p = p - rate / (1 - b1^t) m v, v = 1 for n <= 5, else
 *   v = sqrt((n - 4) (n - 2) N / ((N - 4) (N - 2) n)) sqrt(1 - b2^t) / (r + eps)
 *
 * Source:  Liu et al., "On the variance of the adaptive learning rate and beyond" (2020)
 */
export const radam = (options: MomentOptions): Optimizer<'m' | 'rms'> => {
  const { betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0, rate } = options
  const last = 2 / (1 - b2) - 1
  const rule: TensorRule<'m' | 'rms'> = (p, gradient, slots, at) => {
    const g = plus(gradient, weightDecay, p)
    const [m, rms] = [blend(b1, slots.m, g), blendRoot(b2, slots.rms, g)]
    const left = correction(b2, at.t)
    const n = sub(last, mul(2, div(mul(at.t, sub(1, left)), left)))
    const share = div(mul(mul(sub(n, 4), sub(n, 2)), last / ((last - 4) * (last - 2))), n)
    const scale = div(mul(root(share), root(left)), add(rms, eps))
    const step = div(at.rate, correction(b1, at.t))
    return [descend(p, step, mul(m, select(gt(n, 5), scale, 1))), { m, rms }]
  }
  return make('RAdam', rate, { m: 0, rms: 0 }, rule, momentsWrong('radam', options))
}

/**
 * The sign of a mean of gradients. It keeps one slot where Adam keeps two. `weightDecay` shrinks p by rate weightDecay, as
 * in adamW; 0 by default. Betas are [0.9, 0.99] by default.
 *
 *   p = p - rate (sign(b1 m + (1 - b1) g) + weightDecay p);   m = b2 m + (1 - b2) g
 *
 * Source:  Chen et al., "Symbolic discovery of optimization algorithms" (2023)
 */
export const lion = (options: Omit<MomentOptions, 'eps'>): Optimizer<'m'> => {
  const { betas: [b1, b2] = [0.9, 0.99], weightDecay = 0, rate } = options
  const rule: TensorRule<'m'> = (p, g, { m }, at) => [
    descend(p, at.rate, plus(sign(blend(b1, m, g)), weightDecay, p)),
    { m: blend(b2, m, g) },
  ]
  return make('Lion', rate, { m: 0 }, rule, momentsWrong('lion', options))
}

interface RpropOptions extends Pick<Common, 'rate'> {
  /** The factors on a step size where the gradient has changed its sign, and where it has not; [0.5, 1.2] by default. */
  readonly factors?: readonly [number, number]
  /** The smallest and the largest step size; [1e-6, 50] by default. */
  readonly sizes?: readonly [number, number]
}
/**
 * Steps of a size for each number, which only the signs of full gradients change. `rate` is the first size.
 *
 *   s = s factors[1] where g and the last g have one sign, s factors[0] and g = 0 where they differ;   p = p - s sign(g)
 *
 * Source:  Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning" (1993)
 */
export const rprop = (options: RpropOptions): Optimizer<'size' | 'last'> => {
  const { rate, factors: [less, more] = [0.5, 1.2], sizes: [least, most] = [1e-6, 50] } = options
  const rule: TensorRule<'size' | 'last'> = (p, gradient, slots, at) => {
    const turned = mul(sign(gradient), sign(slots.last))
    const factor = select(lt(turned, 0), less, select(gt(turned, 0), more, 1))
    const size = min(most, max(least, mul(select(eq(at.t, 1), at.rate, slots.size), factor)))
    const g = select(lt(turned, 0), 0, gradient)
    return [sub(p, mul(size, sign(g))), { size, last: g }]
  }
  const wrong = outOfRange('rprop', [
    ...common(options),
    ['factors[0]', less, positive],
    ['factors[1]', more, positive],
    ['sizes[0]', least, positive],
    ['sizes[1]', most, positive],
  ])
  return make('Rprop', rate, { size: 0, last: 0 }, rule, wrong)
}

interface AsgdOptions extends Common {
  /** c: the rate of step t is rate / (1 + c rate (t - 1))^power, and p shrinks by c times that; 1e-4 by default. */
  readonly decay?: number
  /** 0.75 by default. */
  readonly power?: number
  /** The average holds the steps from this one on; 1e6 by default. */
  readonly from?: number
}
/**
 * Gradient descent with a falling rate, and the average of its path in the slot `average`.
 *
 *   r = rate / (1 + c rate (t - 1))^power;   p = (1 - c r) p - r g;   average = average + (p - average) / max(1, t - from)
 *
 * Source:  Polyak and Juditsky, "Acceleration of stochastic approximation by averaging" (1992); as PyTorch's ASGD
 */
export const asgd = (options: AsgdOptions): Optimizer<'average'> => {
  const { rate, weightDecay = 0, decay: c = 1e-4, power = 0.75, from = 1e6 } = options
  const rule: TensorRule<'average'> = (p, gradient, { average }, at) => {
    const g = plus(gradient, weightDecay, p)
    const before = sub(at.t, 1)
    const r = div(at.rate, powerOf(add(1, mul(mul(c, at.rate), before)), power))
    const next = descend(mul(p, sub(1, mul(c, r))), r, g)
    return [next, { average: add(average, div(sub(next, average), max(1, sub(before, from)))) }]
  }
  const wrong = outOfRange('asgd', [
    ...common(options),
    ['decay', c, notNegative],
    ['power', power, notNegative],
    ['from', from, notNegative],
  ])
  return make('ASGD', rate, { average: 0 }, rule, wrong)
}
