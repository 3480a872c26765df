/** Rules that read a whole tensor: its norm, its rows and columns, or its singular values. Stated as in rules.ts. */
import { keepAxes } from '../../lang/operations/along.ts'
import { swapAxes } from '../../lang/operations/arranging.ts'
import { gt } from '../../lang/operations/comparison.ts'
import { norm } from '../../lang/operations/norm.ts'
import { matmul } from '../../lang/operations/product.ts'
import { add, and, div, exp, log, max, min, mul, rsqrt, select, sub } from '../../lang/primitives/elementwise.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { type Expr, rankOf, shapeOf } from '../../lang/syntax/expr.ts'
import { nth } from '../../lang/syntax/list.ts'
import { type Shape, sizeOf } from '../../lang/syntax/shape.ts'
import { type MomentOptions, momentsWrong } from './adaptive.ts'
import type { Optimizer } from './optimizer.ts'
import { notNegative, outOfRange, positive, share, whole } from './refuse.ts'
import {
  blend,
  blendRoot,
  type Common,
  common,
  correction,
  descend,
  distance,
  make,
  plus,
  root,
  type TensorRule,
} from './rules.ts'

const lengthOf = (x: Expr): Expr => norm()(x)
/** The root mean square of all numbers. */
const rmsOf = (x: Expr): Expr => div(lengthOf(x), Math.sqrt(sizeOf(shapeOf(x))))

/**
 * Adam whose step is as long as the tensor: |p| rate. 1 takes the place of the ratio where p or its step is 0.
 * `weightDecay` is part of the step, and eps 1e-6 by default.
 *
 *   m, r as adam's;   u = m / (1 - b1^t) / (r / sqrt(1 - b2^t) + eps) + weightDecay p;   p = p - rate |p| / |u| u
 *
 * Source:  You et al., "Large batch optimization for deep learning" (2020), algorithm 2
 */
export const lamb = (options: MomentOptions): Optimizer<'m' | 'rms'> => {
  const { betas: [b1, b2] = [0.9, 0.999], eps = 1e-6, weightDecay = 0, rate } = options
  const rule: TensorRule<'m' | 'rms'> = (p, g, slots, at) => {
    const [m, rms] = [blend(b1, slots.m, g), blendRoot(b2, slots.rms, g)]
    const scale = add(mul(rms, div(1, root(correction(b2, at.t)))), eps)
    const u = plus(div(div(m, correction(b1, at.t)), scale), weightDecay, p)
    return [descend(p, mul(at.rate, ratioOf(p, u)), u), { m, rms }]
  }
  return make('LAMB', rate, { m: 0, rms: 0 }, rule, momentsWrong('lamb', options))
}
/** |p| / |u|, and 1 where one of them is 0. */
const ratioOf = (p: Expr, u: Expr): Expr => {
  const [length, step] = [lengthOf(p), lengthOf(u)]
  const some = and(gt(length, 0), gt(step, 0))
  return select(some, div(length, select(some, step, 1)), 1)
}

interface LarsOptions extends Common {
  /** The share of the last velocity that is kept; 0.9 by default. */
  readonly momentum?: number
  /** The step's length as a share of the tensor's; 0.001 by default. */
  readonly trust?: number
}
/**
 * Momentum whose rate is in proportion to the tensor's length. 1 takes the place of the ratio where p or g is 0.
 *
 *   u = g + weightDecay p;   v = momentum v + rate trust |p| / (|g| + weightDecay |p|) u;   p = p - v
 *
 * Source:  You, Gitman, Ginsburg, "Large batch training of convolutional networks" (2017)
 */
export const lars = (options: LarsOptions): Optimizer<'velocity'> => {
  const { rate, momentum = 0.9, trust = 0.001, weightDecay = 0 } = options
  const rule: TensorRule<'velocity'> = (p, g, { velocity }, at) => {
    const [length, slope] = [lengthOf(p), lengthOf(g)]
    const some = and(gt(length, 0), gt(slope, 0))
    const ratio = select(some, div(mul(trust, length), select(some, plus(slope, weightDecay, length), 1)), 1)
    const v = add(mul(momentum, velocity), mul(mul(at.rate, ratio), plus(g, weightDecay, p)))
    return [sub(p, v), { velocity: v }]
  }
  const wrong = outOfRange('lars', [...common(options), ['momentum', momentum, share], ['trust', trust, positive]])
  return make('LARS', rate, { velocity: 0 }, rule, wrong)
}

interface AdafactorOptions extends Common {
  /** The memory of step t is 1 - t^-power; 0.8 by default. */
  readonly power?: number
  /** The least root mean square of gradients, and of parameters; [2^-23, 1e-3] by default. */
  readonly eps?: readonly [number, number]
  /** The largest root mean square of a step before the rate; 1 by default. */
  readonly clip?: number
}
const isMatrix = (shape: Shape): boolean => shape.length >= 2
/** The shape with size 1 on an axis counted from the end, for matrices; else one number. */
const reduced = (axis: number) => (shape: Shape) =>
  isMatrix(shape) ? shape.map((n, d) => (d === shape.length + axis ? 1 : n)) : []
/**
 * Adam without a mean of gradients, and with the mean of squares of a matrix kept as those of its rows and its columns: the
 * state of a matrix [m, n] has m + n numbers. The step is in proportion to the tensor's root mean square. `weightDecay`
 * shrinks p by rate weightDecay.
 *
 *   b = 1 - t^-power;   R^2, C^2 = means of g^2 over a row, a column, with memory b;   v = R C / rms(R)
 *   u = g / max(v, eps[0]);   p = p - min(rate, 1 / sqrt t) max(eps[1], rms(p)) u / max(1, rms(u) / clip)
 *
 * Source:  Shazeer and Stern, "Adafactor" (2018); as PyTorch's
 */
export const adafactor = (options: AdafactorOptions): Optimizer<'row' | 'column' | 'vector'> => {
  const { rate, power = 0.8, eps: [least, leastOfP] = [2 ** -23, 1e-3], clip = 1, weightDecay = 0 } = options
  const rule: TensorRule<'row' | 'column' | 'vector'> = (p, g, slots, at) => {
    const fresh = exp(mul(-power, log(at.t)))
    /** The root of the running mean of squares: the weights are expressions. */
    const blended = (r: Expr, x: Expr): Expr => distance(mul(root(sub(1, fresh)), r), mul(root(fresh), x))
    const means = (axis: number): Expr =>
      div(keepAxes((a) => (e) => norm(a as never)(e) as Expr)(axis)(g), Math.sqrt(nth(shapeOf(g), rankOf(g) + axis)))
    const next = isMatrix(shapeOf(p))
      ? { row: blended(slots.row, means(-1)), column: blended(slots.column, means(-2)), vector: slots.vector }
      : { ...slots, vector: blended(slots.vector, g) }
    const v = isMatrix(shapeOf(p)) ? factored(next.row, next.column, least) : next.vector
    const u = div(g, max(v, least))
    const step = mul(min(at.rate, rsqrt(at.t)), max(leastOfP, rmsOf(p)))
    const kept = weightDecay === 0 ? p : mul(p, sub(1, mul(at.rate, weightDecay)))
    return [descend(kept, div(step, max(1, div(rmsOf(u), clip))), u), next]
  }
  const wrong = outOfRange('adafactor', [
    ...common(options),
    ['power', power, positive],
    ['eps[0]', least, notNegative],
    ['eps[1]', leastOfP, notNegative],
    ['clip', clip, positive],
  ])
  const shapes = { row: reduced(-1), column: reduced(-2), vector: (s: Shape) => (isMatrix(s) ? [] : s) }
  return make('Adafactor', rate, { row: 0, column: 0, vector: 0 }, rule, wrong, shapes)
}
/** R C over the root mean square of R, which is at least the root of eps. */
const factored = (row: Expr, column: Expr, eps: number): Expr => {
  const axis = rankOf(row) - 2
  const rows = nth(shapeOf(row), axis)
  const mean = div(keepAxes((a) => (e) => norm(a as never)(e) as Expr)(axis)(row), Math.sqrt(rows))
  return mul(div(row, max(mean, Math.sqrt(eps))), column)
}

interface MuonOptions extends Common {
  /** The share of the last velocity that is kept; 0.95 by default. */
  readonly momentum?: number
  /** Whether the gradient is blended in once more; true by default. */
  readonly nesterov?: boolean
  /** How many steps of Newton and Schulz bring the singular values near 1; 5 by default. */
  readonly steps?: number
}
/**
 * Momentum of a matrix with its singular values brought near 1: between 0.7 and 1.2. For matrices only: take
 * `where(isMatrix, muon(...), adamW(...))`. `weightDecay` shrinks p by rate weightDecay; 0.1 by default.
 *
 *   v = momentum v + (1 - momentum) g;   u = momentum v + (1 - momentum) g, or v;   X = u / |u|
 *   X = 3.4445 X - 4.775 X X' X + 2.0315 X X' X X' X, `steps` times;   p = p - rate sqrt(max(1, rows / columns)) X
 *
 * Cost:    `steps` times three products of matrices
 * Source:  Jordan et al., "Muon" (2024); PyTorch's has X in bfloat16
 */
export const muon = (options: MuonOptions): Optimizer<'velocity'> => {
  const { rate, momentum = 0.95, nesterov = true, steps = 5, weightDecay = 0.1 } = options
  const rule: TensorRule<'velocity'> = (p, g, slots, at) => {
    if (rankOf(p) !== 2) return [refuse('muon', { _tag: 'RankMismatch', expected: 2, shape: shapeOf(p) }, [p]), slots]
    const velocity = blend(momentum, slots.velocity, g)
    const u = orthogonalised(nesterov ? blend(momentum, velocity, g) : velocity, steps)
    const [rows, columns] = [nth(shapeOf(p), 0), nth(shapeOf(p), 1)]
    const kept = weightDecay === 0 ? p : mul(p, sub(1, mul(at.rate, weightDecay)))
    return [descend(kept, mul(at.rate, Math.sqrt(Math.max(1, rows / columns))), u), { velocity }]
  }
  const wrong = outOfRange('muon', [...common(options), ['momentum', momentum, share], ['steps', steps, whole]])
  return make('Muon', rate, { velocity: 0 }, rule, wrong)
}
const orthogonalised = (u: Expr, steps: number): Expr => {
  const tall = nth(shapeOf(u), 0) > nth(shapeOf(u), 1)
  const turn = (x: Expr): Expr => (tall ? swapAxes(0, 1)(x) : x)
  let x: Expr = div(turn(u), max(lengthOf(u), 1e-7))
  for (let k = 0; k < steps; k++) {
    const a: Expr = matmul(x, swapAxes(0, 1)(x) as Expr)
    const b: Expr = add(mul(-4.775, a), mul(2.0315, matmul(a, a)))
    x = add(mul(3.4445, x), matmul(b, x))
  }
  return turn(x)
}
