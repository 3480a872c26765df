/** Why a network of convolutions answers as it does, and what its parts look for: programs that differentiate it. */
import {
  add,
  apply,
  clamp,
  customVjp,
  div,
  type Expr,
  fori,
  gradOrThrow,
  gt,
  int,
  mean,
  mul,
  oneHot,
  programOrThrow,
  real,
  relu,
  reshape,
  select,
  sliceAlong,
  sqrt,
  square,
  sub,
  sum,
  unsqueeze,
  upsampleBilinear,
  vmap,
} from '../src/index.ts'
import { conv2d, dense, flatten, heUniform, maxPool, predictOrThrow, sequential } from '../src/nn/index.ts'

export const side = 28
const [channels, classes] = [24, 10] as const
const image = real(1, side, side)
const he = { pad: 2, weights: heUniform } as const
/** ReLU that passes only positive gradients back: what speaks against the answer is not shown. */
const guidedRelu = customVjp(
  (x: Expr) => relu(x),
  (x: Expr, ct: Expr) => select(gt(x, 0), relu(ct), 0),
  { linear: false },
)
/** Up to the last convolution, whose channels are looked at. */
const seenThrough = (f: typeof relu) => sequential(conv2d(1, 16, 5, he), f, maxPool(2), conv2d(16, channels, 5, he), f)
const answering = sequential(maxPool(2), flatten(), dense(1176, classes))
export const network = sequential(seenThrough(relu), answering)
const scoreThrough = (f: typeof relu) => {
  const answer = predictOrThrow(sequential(seenThrough(f), answering), image)
  return programOrThrow({ ...answer.in, k: int() }, ({ params, state, x, k }) => {
    const logits: Expr<readonly [number]> = apply(answer)({ params, state, x })
    return sum()(mul(oneHot(classes)(k), logits))
  })
}
/** The number that the network gives to class k. */
export const score = scoreThrough(relu)
export const slope = gradOrThrow(score, { wrt: { x: true } })
/** The gradient through ReLUs with a rule of their own; the function is the same. */
export const guidedScore = scoreThrough(guidedRelu as typeof relu)
export const guided = gradOrThrow(guidedScore, { wrt: { x: true } })

const samples = 16
/**
 * The mean gradient at noisy copies of the picture.
 *
 * Law:     without noise it is the gradient
 * Source:  Smilkov et al., "SmoothGrad" (2017)
 */
export const smooth = programOrThrow(
  { ...score.in, noise: real(samples, 1, side, side) },
  ({ params, state, k, noise, x }) => {
    const many = vmap(samples, { over: { params: false, state: false, x: true, k: false } })(slope)
    const slopes: Expr<readonly [number, 1, 28, 28]> = apply(many)({ params, state, x: add(noise, x), k }).x
    return mean(0)(slopes)
  },
)
export const noiseSize = samples * side * side

const maps = predictOrThrow(seenThrough(relu), image)
const head = predictOrThrow(answering, real(channels, 14, 14))
const headScore = programOrThrow({ ...head.in, k: int() }, ({ params, state, x, k }) => {
  const logits: Expr<readonly [number]> = apply(head)({ params, state, x })
  return sum()(mul(oneHot(classes)(k), logits))
})
const headSlope = gradOrThrow(headScore, { wrt: { x: true } })
/**
 * Grad-CAM: the channels of the last convolution, weighted by the mean gradient of the score with respect to each, where
 * their sum speaks for the class.
 *
 * Source: Selvaraju et al., "Grad-CAM" (2017)
 */
export const cam = programOrThrow(score.in, ({ params: [p, q], state: [s, t], x, k }) => {
  const seen = apply(maps)({ params: p, state: s, x })
  const slopes: Expr<readonly [24, 14, 14]> = apply(headSlope)({ params: q, state: t, x: seen, k }).x
  const weights = mean([1, 2])(slopes)
  const named: Expr<readonly [number, number, number]> = mul(reshape([channels, 1, 1])(weights), seen)
  return upsampleBilinear(2)(unsqueeze(0)(relu(sum(0)(named))))
})

type Image = Expr<readonly [1, 28, 28], 'real'>
/** How uneven a picture is: the mean squared difference of neighbours. */
const variation = (x: Image): Expr<readonly []> => {
  const difference = (axis: number) =>
    mean()(square(sub(sliceAlong(axis, 1, side)(x), sliceAlong(axis, 0, side - 1)(x))))
  return add(difference(1), difference(2))
}
/** What a channel of the last convolution gives on average. */
const channelSays = programOrThrow(score.in, ({ params, state, x, k }) => {
  const each = mean([1, 2])(apply(maps)({ params: params[0], state: state[0], x }))
  return sum()(mul(oneHot(channels)(k), each))
})
/** A picture that a unit likes most, by steps up its score, less the picture's brightness and unevenness. */
const liked = (of: typeof score, steps: number) => {
  const objective = programOrThrow(of.in, (v) =>
    sub(apply(of)(v), add(mul(4, mean()(square(v.x))), mul(20, variation(v.x)))),
  )
  const up = gradOrThrow(objective, { wrt: { x: true } })
  return programOrThrow(of.in, ({ params, state, k, x }) => {
    const climb = (_: unknown, now: Image): Image => {
      const g: Image = apply(up)({ params, state, x: now, k }).x
      const length = sqrt(add(1e-12, mean()(square(g))))
      return clamp(0, 1)(add(now, mul(0.03, div(g, length))))
    }
    return fori(steps, climb)(x)
  })
}
/** For an output, and for a channel of the last convolution. */
export const likedByOutput = (steps: number) => liked(score, steps)
export const likedByChannel = (steps: number) => liked(channelSays, steps)
