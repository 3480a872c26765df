/** A diffusion model: what is trained, and how it draws from noise. */
import {
  add,
  apply,
  broadcastTo,
  concat,
  cos,
  div,
  type Expr,
  foldIn,
  type Handles,
  int,
  iota,
  mean,
  mul,
  normal,
  programOrThrow,
  real,
  scan,
  silu,
  sin,
  sqrt,
  square,
  sub,
  toReal,
} from '../src/index.ts'
import { dense, predictOrThrow, repeat, sequential } from '../src/nn/index.ts'
import type { Key } from '../src/random/index.ts'

/** How much of the data, and of the noise, is in the mixture at a time from 0 to 1: their squares add up to 1. */
const share = (t: Expr) => {
  const angle = mul(t, 0.495 * Math.PI)
  return { data: cos(angle), noise: sin(angle) }
}
/** The numbers in which the network sees the time. */
const waves = 8
const layersOf = <const D extends number>(d: D, hidden: number) =>
  sequential(dense(d + waves, hidden), silu, repeat(2, sequential(dense(hidden, hidden), silu)), dense(hidden, d))
/** The first parameters. */
export const startOf = (d: number, hidden: number, key: Key) => layersOf(d, hidden).init(key).params
type Params = Handles<ReturnType<typeof layersOf<number>>['params']>
/**
 * v-prediction. For n mixtures x = a data + b noise of d numbers, [n, d], with a = cos, b = sin of the angle of their times,
 * [n, 1], the network answers v = a noise - b data. Then data = a x - b v, and noise = b x + a v.
 *
 * Source: Salimans and Ho, "Progressive distillation for fast sampling of diffusion models" (2022)
 */
const turnIn = (d: number, hidden: number, n: number) => {
  const layers = layersOf(d, hidden)
  const answer = predictOrThrow(layers, real(n, d + waves))
  const frequencies = mul(Math.PI / 2, add(1, toReal(iota([1, waves / 2], 1))))
  return (params: Params, x: Expr, t: Expr): Expr => {
    const angles = mul(t, frequencies) as Expr
    const seen = concat(1)([x, sin(angles), cos(angles)] as readonly [Expr, Expr, Expr])
    return apply(answer)({ params, state: layers.state as never, x: seen as Expr<readonly [number, number]> })
  }
}
/** The mean square error of what the network answers. */
export const lossOf = (d: number, hidden: number, n: number) =>
  programOrThrow(
    [layersOf(d, hidden).params, { x: real(n, d), noise: real(n, d), t: real(n, 1) }],
    ([params, { x, noise, t }]) => {
      const { data, noise: rest } = share(t)
      const mixed = add(mul(data, x), mul(rest, noise)) as Expr
      const turned = sub(mul(data, noise), mul(rest, x))
      return mean()(square(sub(turnIn(d, hidden, n)(params, mixed, t), turned) as Expr)) as Expr<readonly []>
    },
  )
/**
 * From noise to data: at each time the data are predicted, and a mixture with less noise is made of them, of what is left of the
 * noise, and of fresh noise, in the shares that the time before had if it is read backwards (Ho, Jain, Abbeel 2020).
 */
export const draws = (d: number, hidden: number, n: number, steps: number) =>
  programOrThrow([layersOf(d, hidden).params, { start: real(n, d), key: int(3) }], ([params, { start, key }]) => {
    const predict = turnIn(d, hidden, n)
    const step = (x: Expr, i: Expr<readonly [], 'int'>) => {
      const now = div(sub(steps, toReal(i)), steps)
      const [here, next] = [share(now), share(sub(now, 1 / steps))]
      const turned = predict(params, x, broadcastTo([n, 1])(now) as Expr)
      const data = sub(mul(here.data, x), mul(here.noise, turned))
      const rest = add(mul(here.noise, x), mul(here.data, turned))
      const kept = div(mul(next.noise, here.data), mul(here.noise, next.data))
      const fresh = mul(sqrt(sub(1, square(kept))), normal([n, d])(foldIn(i)(key)))
      return [add(mul(next.data, data), mul(next.noise, add(mul(kept, rest), fresh))) as Expr, null] as const
    }
    return scan(step)(start as Expr, iota([steps]))[0] as Expr<readonly [number, number], 'real'>
  })
