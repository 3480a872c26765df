/** A pole on a cart, as a program: its motion, a policy, and what a policy earns. */
import {
  abs,
  add,
  and,
  apply,
  foldIn as child,
  constant,
  cos,
  cumSum,
  div,
  uniform as draw,
  type Expr,
  type Handles,
  int,
  iota,
  logSigmoid,
  lt,
  mean,
  mul,
  neg,
  programOrThrow,
  real,
  scan,
  select,
  sigmoid,
  sin,
  square,
  stack,
  std,
  sub,
  sum,
  take,
  tanh,
  vmap,
} from '../src/index.ts'
import { dense, predictOrThrow, sequential } from '../src/nn/index.ts'
import type { Key } from '../src/random/index.ts'

export type Real = Expr<readonly []>
type State = Expr<readonly [4]>
/** One fiftieth of a second of a cart and its pole: place, speed, angle, speed of the angle. Source: Barto, Sutton 1983 */
export const pushed = (s: State, force: Real): State => {
  const [v, angle, w] = [take(0, 1)(s), take(0, 2)(s), take(0, 3)(s)]
  const [sine, cosine] = [sin(angle), cos(angle)]
  const pull = div(add(force, mul(0.05, mul(square(w), sine))), 1.1)
  const turn = div(sub(mul(9.8, sine), mul(cosine, pull)), mul(0.5, sub(4 / 3, div(mul(0.1, square(cosine)), 1.1))))
  const speed = sub(pull, div(mul(0.05, mul(turn, cosine)), 1.1))
  return add(s, mul(0.02, stack(0)([v, speed, w, turn]))) as State
}
const upright = (s: State) => and(lt(abs(take(0, 0)(s)), 2.4), lt(abs(take(0, 2)(s)), Math.PI / 15))
const hidden = 16
const network = sequential(dense(4, hidden), tanh, dense(hidden, 1))
const answer = predictOrThrow(network, real(4))
/** The first parameters. */
export const startOf = (key: Key) => network.init(key).params
type Params = Handles<(typeof network)['params']>
const wish = (params: Params, s: State): Real => take(0, 0)(apply(answer)({ params, state: [null, null, null], x: s }))

/** The logarithm of the probability of a push to the right. */
export const pushing = programOrThrow([network.params, real(4)], ([params, s]) => logSigmoid(wish(params, s)))
/** Pushes of 10 newtons, right with the probability that the policy says: what it chose, and whether the pole stood. */
export const trial = (steps: number) =>
  programOrThrow([network.params, real(4), int(3)], ([params, start, key]) => {
    const step = ([s, stood]: readonly [State, Real], i: Expr<readonly [], 'int'>) => {
      const logit = wish(params, s)
      const right = lt(draw([])(child(i)(key)), sigmoid(logit))
      const stands = mul(stood, select(upright(s), 1, 0)) as Real
      const row = { chosen: logSigmoid(select(right, logit, neg(logit))) as Real, stands }
      return [[pushed(s, select(right, 10, -10) as Real), stands] as const, row] as const
    }
    return scan(step)([start, constant([], 1)], iota([steps]))[1]
  })
/** The policy gradient: the logarithm of what was chosen, weighted by the time upright from then on, less the mean of that. */
export const trials = (batch: number, steps: number) => {
  const all = vmap(batch, { over: [false, true, true] })(trial(steps))
  return programOrThrow([network.params, { start: real(batch, 4), key: int(batch, 3) }], ([params, { start, key }]) => {
    const { chosen, stands } = apply(all)([params, start, key])
    const left = cumSum(1, true)(stands)
    const better = div(sub(left, mean(0)(left)), add(std()(left), 1e-3))
    return neg(div(sum()(mul(mul(chosen, stands), better)), batch * steps)) as Real
  })
}
/** The force is 10 tanh of the network. From a start: how far from upright and from the middle, and for how long it stood. */
export const glide = (steps: number) =>
  programOrThrow([network.params, real(4)], ([params, start]) => {
    const step = ([s, stood]: readonly [State, Real]) => {
      const stands = mul(stood, select(upright(s), 1, 0)) as Real
      const far = add(square(take(0, 2)(s)), mul(0.1, square(take(0, 0)(s)))) as Real
      return [[pushed(s, mul(10, tanh(wish(params, s))) as Real), stands] as const, { far, stands }] as const
    }
    const rows = scan(step, { length: steps })([start, constant([], 1)], null)[1]
    return { far: mean()(rows.far as Expr) as Real, stood: sum()(rows.stands as Expr) as Real }
  })
export const glides = (batch: number, steps: number) => {
  const all = vmap(batch, { over: [false, true] })(glide(steps))
  return programOrThrow([network.params, { start: real(batch, 4) }], ([params, { start }]) =>
    mean()(apply(all)([params, start]).far),
  )
}
