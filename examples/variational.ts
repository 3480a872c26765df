/** A variational auto-encoder: its networks, its loss, and pictures drawn from its prior. */
import {
  add,
  apply,
  bceWithLogits,
  concat,
  type Expr,
  exp,
  int,
  mul,
  normal as noise,
  programOrThrow,
  real,
  relu,
  sigmoid,
  split,
  square,
  sub,
  sum,
} from '../src/index.ts'
import { combine, dense, layer, predictOrThrow, sequential } from '../src/nn/index.ts'

/** The means, then the logarithms of the variances, become one sample; in mode 'eval' the means. */
const sampled = (codes: number) =>
  layer()({
    name: `sampled(${codes})`,
    keys: int(3),
    apply: (_, state, { mode, key }, code: Expr) => {
      const [mean, logVariance] = split(0, [codes, codes])(code)
      if (mode === 'eval') return [mean, state]
      return [add(mean, mul(exp(mul(0.5, logVariance)), noise([codes])(key))), state]
    },
  })
const decoder = (size: number, hidden: number, codes: number) =>
  sequential(dense(codes, hidden), relu, dense(hidden, size))
/** Pictures drawn from codes: the probability of every pixel. */
export const drawingOf = (size: number, hidden: number, codes: number) => {
  const logits = predictOrThrow(decoder(size, hidden, codes), real(codes))
  return programOrThrow(logits.in, (v) => sigmoid(apply(logits)(v)))
}
/** The logits of the pixels, then the code's distribution, which the loss needs. */
export const coder = (size: number, hidden: number, codes: number) =>
  combine()(
    'vae',
    {
      encode: sequential(dense(size, hidden), relu, dense(hidden, 2 * codes)),
      sample: sampled(codes),
      decode: decoder(size, hidden, codes),
    },
    (f, x) => {
      const code = f.encode(x)
      return concat(0)([f.decode(f.sample(code)), code])
    },
  )
export const bound = (size: number, codes: number) => (seen: Expr, x: Expr) => {
  const [logits, mean, logVariance] = split(0, [size, codes, codes])(seen)
  const divergence = mul(0.5, sum()(sub(add(exp(logVariance), square(mean)), add(logVariance, 1))))
  return add(bceWithLogits({ reduction: 'sum' })(logits, x), divergence)
}
