/** The image network as programs of the library: a training step, the output of every layer, saliency, one window explained. */
import { digits } from '../../../src/data/index.ts'
import { add, crossEntropy, type Expr, int, mul, programOrThrow, real, relu, softmax, sum } from '../../../src/index.ts'
import { conv2d, dense, flatten, heUniform, maxPool, predictOrThrow, sequential } from '../../../src/nn/index.ts'
import { adam } from '../../../src/optim/index.ts'
import { foldIn, randomKey } from '../../../src/random/index.ts'
import { accuracy, measurementOrThrow, startTraining, trainStepOrThrow } from '../../../src/train/index.ts'
import { build, call, gradientOrThrow, type Untyped } from '../page/untyped.ts'
import { side } from './ink.ts'

const he = { pad: 1, weights: heUniform } as const
const first = conv2d(1, 6, 3, he)
const second = conv2d(6, 10, 3, he)
const head = sequential(flatten(), dense(490, 10))
const network = sequential(first, relu, maxPool(2), second, relu, maxPool(2), head)
const image = real(1, 28, 28)

/** The layers whose pictures are shown, with their channels and sides. `z`: before relu. */
export const layers = [
  { name: 'conv1', channels: 6, side: 28, conv: 0 },
  { name: 'pool1', channels: 6, side: 14, conv: undefined },
  { name: 'conv2', channels: 10, side: 14, conv: 1 },
  { name: 'pool2', channels: 10, side: 7, conv: undefined },
] as const
export type LayerName = (typeof layers)[number]['name']

const optimiser = adam({ rate: 4e-3 })
export const batch = 16
export const tested = 100
const shapes = { x: image, y: int() }
export const step = trainStepOrThrow(network, crossEntropy(), optimiser, { ...shapes, batch })
export const measurement = measurementOrThrow(network, { accuracy }, { ...shapes, batch: tested })
export const startOf = (seed: number) => startTraining(network, optimiser, foldIn(0)(randomKey(seed)))

const answer = predictOrThrow(network, image)
const stages = {
  conv1: predictOrThrow(first, image),
  pool: (c: Expr) => maxPool(2).apply(null, null, { mode: 'eval', key: null }, c)[0],
  conv2: predictOrThrow(second, real(6, 14, 14)),
  head: predictOrThrow(head, real(10, 7, 7)),
}
/** Types of networks nest deeper than TypeScript allows: from here on, trees are untyped. */
const part = call<unknown, Expr>
interface Question {
  readonly params: readonly unknown[]
  readonly state: readonly unknown[]
  readonly x: Expr
}
/** The output of every layer; z1, z2 are the convolutions before relu. */
export const seen = build<Question>(answer.in, ({ params, state, x }) => {
  const z1 = part(stages.conv1)({ params: params[0], state: state[0], x })
  const conv1 = relu(z1)
  const pool1 = stages.pool(conv1)
  const z2 = part(stages.conv2)({ params: params[3], state: state[3], x: pool1 })
  const conv2 = relu(z2)
  const pool2 = stages.pool(conv2)
  const logits = part(stages.head)({ params: params[6], state: state[6], x: pool2 })
  return { z1, conv1, pool1, z2, conv2, pool2, chances: softmax(0)(logits) }
})
export type Seen = {
  readonly [K in 'z1' | 'conv1' | 'pool1' | 'z2' | 'conv2' | 'pool2' | 'chances']: ArrayLike<number>
}

/** d (the logit that `which` marks) / d pixel: one reverse pass. */
const logit = build<Question & { readonly which: Expr }>({ ...answer.in, which: real(10) }, ({ which, ...v }) =>
  sum()(mul(part(answer)(v), which)),
)
const slope = gradientOrThrow(logit)
export const saliency = build(logit.in, (v) => call<unknown, Question>(slope)(v).x)

/** One window of a convolution: the products, and their sum with the bias. */
export const windowOf = (channels: number): Untyped =>
  programOrThrow(
    { patch: real(channels, 3, 3), kernel: real(channels, 3, 3), bias: real() },
    ({ patch, kernel, bias }) => {
      const products = mul(patch, kernel)
      return { products, value: add(sum()(products), bias) }
    },
  )

/** Digits that the network does not learn from, one of each class first. */
const shown = digits(foldIn(0)(randomKey(77)), 10)
export const example = (digit: number): Float32Array => {
  const at = shown.y.indexOf(digit)
  return shown.x.slice(at * side * side, (at + 1) * side * side)
}
export const trainingBatch = (seed: number, k: number) => {
  const { x, y } = digits(foldIn(k)(foldIn(1)(randomKey(seed))), batch)
  return { x, y }
}
export const testSet = () => {
  const { x, y, count } = digits(foldIn(0)(randomKey(78)), tested)
  return { x, y, count }
}

/** Kernels and biases of the convolutions. */
export const kernelOf = (params: unknown, conv: 0 | 1, channel: number) => {
  const place = conv === 0 ? 0 : 3
  const { w, b } = (params as readonly { readonly w: ArrayLike<number>; readonly b: ArrayLike<number> }[])[place] ?? {
    w: [],
    b: [],
  }
  const ins = conv === 0 ? 1 : 6
  return {
    ins,
    kernel: Float32Array.from({ length: ins * 9 }, (_, i) => w[channel * ins * 9 + i] ?? 0),
    bias: b[channel] ?? 0,
  }
}
/** What a window sees of [ins, side, side], 0 outside: padding is 1. */
export const patchOf = (
  input: ArrayLike<number>,
  ins: number,
  width: number,
  row: number,
  column: number,
): Float32Array =>
  Float32Array.from({ length: ins * 9 }, (_, i) => {
    const [c, r, k] = [Math.floor(i / 9), row + Math.floor((i % 9) / 3) - 1, column + (i % 3) - 1]
    return r < 0 || k < 0 || r >= width || k >= width ? 0 : (input[(c * width + r) * width + k] ?? 0)
  })
