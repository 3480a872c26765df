/** Sophia: momentum over the diagonal of the Hessian, which Hessian-vector products with random signs estimate. */
import { cond } from '../../lang/control/cond.ts'
import { bernoulli, foldIn, type Key } from '../../lang/operations/random.ts'
import { like } from '../../lang/primitives/constant.ts'
import { add, div, eq, floor, max, min, mul, sub, toInt, toReal } from '../../lang/primitives/elementwise.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { int, isReal, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import {
  type Arrays,
  exprLeaves,
  type Handles,
  refill,
  type Tangent,
  tangentOf,
  typeLeaves,
} from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { apply } from '../transform/apply.ts'
import { gradOrThrow } from '../transform/grad.ts'
import { hvpOrThrow } from '../transform/jacobian.ts'
import { type Rate, scheduleOf } from './optimizer.ts'
import { count, memory, notNegative, outOfRange, positive, rateSetting } from './refuse.ts'
import { blend } from './rules.ts'
import { spoilt } from './vector.ts'

export interface SophiaOptions {
  readonly rate: Rate
  /** The memories of the means of gradients and of curvatures; [0.96, 0.99] by default. */
  readonly betas?: readonly [number, number]
  /** The share of the curvature that divides; 0.01 by default. */
  readonly curvature?: number
  /** The curvature is estimated in every so many-th step, beginning with the first; 10 by default. */
  readonly every?: number
  /** p shrinks by rate weightDecay; 0 by default. */
  readonly weightDecay?: number
}
/** The types of the state: the steps so far, the key of the signs, the means of gradients and of curvatures. */
export type SophiaState<P> = {
  readonly step: Type<readonly [], 'real'>
  readonly key: Type<readonly [3], 'int'>
  readonly m: Tangent<P>
  readonly h: Tangent<P>
}
export interface Sophia {
  readonly types: <const P>(params: P) => SophiaState<P>
  /** The state before the first step; `key`: the three numbers of a key. */
  readonly start: <const P>(params: P, key: ArrayLike<number>) => Arrays<SophiaState<P>>
  /** The next parameters and state, from the loss, the parameters, the data and the state. */
  readonly update: <P, D>(
    loss: Program<readonly [P, D], Type<readonly [], 'real'>>,
    params: Handles<P>,
    data: Handles<D>,
    state: Handles<SophiaState<P>>,
  ) => readonly [Handles<P>, Handles<SophiaState<P>>]
}
type Loss = Program<readonly [unknown, unknown], Type<readonly [], 'real'>>
type Pair = readonly [unknown, unknown]
interface Operands {
  readonly params: unknown
  readonly data: unknown
  readonly key: Key
  readonly h: readonly Expr[]
}

/** -1 or 1 at every number of the real leaves. */
const signs = (params: unknown, key: Key): unknown =>
  refill(
    tangentOf(
      refill(
        params,
        exprLeaves(params).map((p) => p.type),
      ),
    ),
    exprLeaves(params)
      .filter((p) => isReal(p.type))
      .map((p, i) => sub(mul(2, toReal(bernoulli(0.5, shapeOf(p))(foldIn(i)(key)))), 1)),
  )
/** u H u for random signs u: an estimate of the diagonal of the Hessian, and exact where that is diagonal. */
const estimate = (loss: Loss, params: unknown, data: unknown, key: Key): readonly Expr[] => {
  const u = signs(params, key)
  const still = refill(
    tangentOf(loss.in[1]),
    exprLeaves(data)
      .filter((e) => isReal(e.type))
      .map((e) => like(e, 0)),
  )
  const [along] = typed<Pair>(
    apply(hvpOrThrow(loss) as never)([
      [params, data],
      [u, still],
    ] as never),
  )
  const us = exprLeaves(u)
  return exprLeaves(along).map((e, i) => mul(us[i] as Expr, e))
}
/**
 * A step of m / (curvature h), of at most the rate for each number:
 *
 *   m = b1 m + (1 - b1) g;   every `every` steps h = b2 h + (1 - b2) u (H u), u random signs
 *   p = (1 - rate weightDecay) p - rate max(-1, min(1, m / max(curvature h, 1e-12)))
 *
 * Cost:    a gradient, and every `every` steps a Hessian-vector product
 * Source:  Liu et al., "Sophia: a scalable stochastic second-order optimizer" (2023), algorithm 3, with Hutchinson's estimate
 *
 * @example
 * const loss = programOrThrow([{ w: real(2) }, real(2)], ([{ w }, x]) => sum()(square(sub(w, x))))
 * const o = sophia({ rate: 0.01 })
 * const step = programOrThrow([...loss.in, o.types(loss.in[0])], ([p, x, s]) => o.update(loss, p, x, s))
 */
export const sophia = ({
  rate,
  betas: [b1, b2] = [0.96, 0.99],
  curvature = 0.01,
  every = 10,
  weightDecay = 0,
}: SophiaOptions): Sophia => {
  const wrong = outOfRange('sophia', [
    rateSetting(rate),
    ['betas[0]', b1, memory],
    ['betas[1]', b2, memory],
    ['curvature', curvature, positive],
    ['every', every, count],
    ['weightDecay', weightDecay, notNegative],
  ])
  const types = (params: unknown) => ({ step: real(), key: int(3), m: tangentOf(params), h: tangentOf(params) })
  const start = (params: unknown, key: ArrayLike<number>) => {
    const zeros = () =>
      refill(
        tangentOf(params),
        typeLeaves(tangentOf(params)).map((t) => new Float32Array(sizeOf(t.shape))),
      )
    return { step: new Float32Array(1), key: Int32Array.from(key), m: zeros(), h: zeros() }
  }
  const update = (loss: Loss, params: unknown, data: unknown, state: Handles<SophiaState<unknown>>) => {
    if (wrong.length > 0) return [spoilt(params, wrong), state]
    const [g] = typed<Pair>(apply(gradOrThrow(loss))([params, data] as never))
    const h = exprLeaves(state.h)
    const due = eq(mul(floor(div(add(state.step, 0.5), every)), every), state.step)
    // operands and not captures, which would be computed in every step
    const fresh = (x: Operands): readonly Expr[] =>
      estimate(loss, x.params, x.data, x.key).map((e, i) => blend(b2, x.h[i] as Expr, e))
    const operands: Operands = { params, data, key: foldIn(toInt(state.step))(state.key), h }
    const next = typed<readonly Expr[]>(cond(due, fresh as never, ((x: Operands) => x.h) as never)(operands as never))
    const r = scheduleOf(rate)(state.step)
    const ms = exprLeaves(state.m).map((m, i) => blend(b1, m, exprLeaves(g)[i] as Expr))
    let k = 0
    const moved = exprLeaves(params).map((p) => {
      if (!isReal(p.type)) return p
      const i = k++
      const direction = div(ms[i] as Expr, max(mul(curvature, next[i] as Expr), 1e-12))
      const kept = weightDecay === 0 ? p : mul(p, sub(1, mul(r, weightDecay)))
      return sub(kept, mul(r, max(-1, min(1, direction))))
    })
    const after = { step: add(state.step, 1), key: state.key, m: refill(state.m, ms), h: refill(state.h, next) }
    return [refill(params, moved), after]
  }
  return { types: typed(types), start: typed(start), update: typed(update) }
}
