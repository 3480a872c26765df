/** The network of D2 in stages, and what each of them sees of a picture. */
import { apply, flatten as flat, programOrThrow, real, relu } from '../src/index.ts'
import { conv2d, dense, flatten, heUniform, maxPool, predictOrThrow, sequential } from '../src/nn/index.ts'

const he = { weights: heUniform } as const
export const image = real(1, 28, 28)
const first = sequential(conv2d(1, 32, 5, he), relu, maxPool(3))
const second = sequential(conv2d(32, 64, 5, he), relu, maxPool(2))
const third = sequential(flatten(), dense(256, 256, he), relu)
export const network = sequential(first, second, third, dense(256, 10))
const answer = predictOrThrow(network, image)
const stages = [
  predictOrThrow(first, image),
  predictOrThrow(second, real(32, 8, 8)),
  predictOrThrow(third, real(64, 2, 2)),
] as const
/** The picture, and the outputs of three stages, each as a row of numbers. */
export const seen = programOrThrow(answer.in, ({ params, state, x }) => {
  const one = apply(stages[0])({ params: params[0], state: state[0], x })
  const two = apply(stages[1])({ params: params[1], state: state[1], x: one })
  const three = apply(stages[2])({ params: params[2], state: state[2], x: two })
  return [flat()(x), flat()(one), flat()(two), three] as const
})
/** The names of what `seen` gives, and how many numbers each has. */
export const layers = [
  ['the pixels', 784],
  ['the first convolution', 2048],
  ['the second convolution', 256],
  ['the dense layer', 256],
] as const
