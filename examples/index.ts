/** The course, in reading order. */
import type { System } from '../src/systems/index.ts'
import { system as a01 } from './a01-weighted-sums.ts'
import { system as a02 } from './a02-dense-relu.ts'
import { system as a03 } from './a03-neuron.ts'
import { system as a04 } from './a04-perceptron.ts'
import { system as a05 } from './a05-mlp.ts'
import { system as a06 } from './a06-convolution-1d.ts'
import { system as a07 } from './a07-convolution-2d.ts'
import { system as a08 } from './a08-sharpen.ts'
import { system as a09 } from './a09-sobel.ts'
import { system as a10 } from './a10-max-pool.ts'
import { system as a11 } from './a11-batches.ts'
import { system as b01 } from './b01-linear-regression.ts'
import { system as b02 } from './b02-sum-of-squares.ts'
import { system as b03 } from './b03-tanh-network.ts'
import { system as b04 } from './b04-backpropagation.ts'
import { system as b05 } from './b05-backtracking.ts'
import { system as b06 } from './b06-least-squares.ts'
import { system as b07 } from './b07-stochastic-descent.ts'
import { system as b08 } from './b08-optimizers.ts'
import { system as b09 } from './b09-descent-paths.ts'
import { system as c01 } from './c01-nearest-neighbours.ts'
import { system as c02 } from './c02-linear-classifier.ts'
import { system as c03 } from './c03-exclusive-or.ts'
import { system as c04 } from './c04-universal-relu.ts'
import { system as c05 } from './c05-approximation.ts'
import { system as c06 } from './c06-test-bound.ts'
import { system as c07 } from './c07-double-descent.ts'
import { system as c08 } from './c08-playground.ts'
import { system as d01 } from './d01-basic-cnn.ts'
import { system as d02 } from './d02-conv-net.ts'
import { system as d03 } from './d03-fit.ts'
import { system as e01 } from './e01-auto-encoder.ts'
import { system as e02 } from './e02-interpolation.ts'

export const systems: readonly System[] = [
  a01,
  a02,
  a03,
  a04,
  a05,
  a06,
  a07,
  a08,
  a09,
  a10,
  a11,
  b01,
  b02,
  b03,
  b04,
  b05,
  b06,
  b07,
  b08,
  b09,
  c01,
  c02,
  c03,
  c04,
  c05,
  c06,
  c07,
  c08,
  d01,
  d02,
  d03,
  e01,
  e02,
]
