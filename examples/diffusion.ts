import {
  add,
  apply,
  broadcastTo,
  clamp,
  concat,
  cos,
  div,
  type Expr,
  type Handles,
  iota,
  mean,
  mul,
  programOrThrow,
  real,
  scan,
  silu,
  sin,
  square,
  sub,
  toReal,
} from '../src/index.ts'
import { dense, predictOrThrow, sequential } from '../src/nn/index.ts'

/** How much of the data, and of the noise, is in the mixture at a time from 0 to 1: their squares add up to 1. */
const share = (t: Expr) => {
  const angle = mul(t, 0.495 * Math.PI)
  return { data: cos(angle), noise: sin(angle) }
}
const waves = 8
export const layersOf = <const D extends number>(d: D, hidden: number) =>
  sequential(dense(d + waves, hidden), silu, dense(hidden, hidden), silu, dense(hidden, d))
type Params = Handles<ReturnType<typeof layersOf<number>>['params']>
/** n points of d numbers, [n, d], and their times, [n, 1], to the noise in them. */
const noiseIn = (d: number, hidden: number, n: number) => {
  const answer = predictOrThrow(layersOf(d, hidden), real(n, d + waves))
  const frequencies = mul(Math.PI / 2, add(1, toReal(iota([1, waves / 2], 1))))
  return (params: Params, x: Expr, t: Expr): Expr => {
    const angles = mul(t, frequencies) as Expr
    const seen = concat(1)([x, sin(angles), cos(angles)] as readonly [Expr, Expr, Expr])
    return apply(answer)({ params, state: [null, null, null, null, null], x: seen as Expr<readonly [number, number]> })
  }
}
/** The mean square of what is left of the noise. */
export const lossOf = (d: number, hidden: number, n: number) =>
  programOrThrow(
    [layersOf(d, hidden).params, { x: real(n, d), noise: real(n, d), t: real(n, 1) }],
    ([params, { x, noise, t }]) => {
      const { data, noise: rest } = share(t)
      const mixed = add(mul(data, x), mul(rest, noise)) as Expr
      return mean()(square(sub(noiseIn(d, hidden, n)(params, mixed, t), noise) as Expr)) as Expr<readonly []>
    },
  )
/** From noise to data: at each time the noise is told, and the mixture of an earlier time is made with less of it. */
export const draws = (d: number, hidden: number, n: number, steps: number) =>
  programOrThrow([layersOf(d, hidden).params, real(n, d)], ([params, start]) => {
    const tell = noiseIn(d, hidden, n)
    const step = (x: Expr, i: Expr) => {
      const now = div(sub(steps, toReal(i as Expr<readonly [], 'int'>)), steps)
      const [here, next] = [share(now), share(sub(now, 1 / steps))]
      const noise = tell(params, x, broadcastTo([n, 1])(now) as Expr)
      const data = clamp(-1.5, 1.5)(div(sub(x, mul(here.noise, noise)), here.data) as Expr)
      return [add(mul(next.data, data), mul(next.noise, noise)) as Expr, null] as const
    }
    return scan(step)(start as Expr, iota([steps]))[0] as Expr<readonly [number, number], 'real'>
  })
