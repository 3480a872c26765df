/**
 * The course, in reading order, then what lies beyond it (F), as `adjoint list` and `adjoint run` read it. Every other file here uses only what the package
 * exports. To use one elsewhere, copy it, write 'adjoint', 'adjoint/nn', ... in place of the relative paths, and call
 *
 *   run({ backend: withTextErrors(showBackendError)(wasm()), seed: 1, data: 'generated', small: false })()
 */
import type { System } from '../src/systems/index.ts'
import * as a01 from './a01-weighted-sums.ts'
import * as a02 from './a02-dense-relu.ts'
import * as a03 from './a03-neuron.ts'
import * as a04 from './a04-perceptron.ts'
import * as a05 from './a05-mlp.ts'
import * as a06 from './a06-convolution-1d.ts'
import * as a07 from './a07-convolution-2d.ts'
import * as a08 from './a08-sharpen.ts'
import * as a09 from './a09-sobel.ts'
import * as a10 from './a10-max-pool.ts'
import * as a11 from './a11-batches.ts'
import * as b01 from './b01-linear-regression.ts'
import * as b02 from './b02-sum-of-squares.ts'
import * as b03 from './b03-tanh-network.ts'
import * as b04 from './b04-backpropagation.ts'
import * as b05 from './b05-backtracking.ts'
import * as b06 from './b06-least-squares.ts'
import * as b07 from './b07-stochastic-descent.ts'
import * as b08 from './b08-optimizers.ts'
import * as b09 from './b09-descent-paths.ts'
import * as c01 from './c01-nearest-neighbours.ts'
import * as c02 from './c02-linear-classifier.ts'
import * as c03 from './c03-exclusive-or.ts'
import * as c04 from './c04-universal-relu.ts'
import * as c05 from './c05-approximation.ts'
import * as c06 from './c06-test-bound.ts'
import * as c07 from './c07-double-descent.ts'
import * as c08 from './c08-playground.ts'
import * as d01 from './d01-basic-cnn.ts'
import * as d02 from './d02-conv-net.ts'
import * as d03 from './d03-fit.ts'
import * as d04 from './d04-architectures.ts'
import * as d05 from './d05-inference.ts'
import * as d06 from './d06-segmentation.ts'
import * as d07 from './d07-detection.ts'
import * as d08 from './d08-attention.ts'
import * as e01 from './e01-auto-encoder.ts'
import * as e02 from './e02-interpolation.ts'
import * as e03 from './e03-gan.ts'
import * as e04 from './e04-t-sne.ts'
import * as e05 from './e05-saliency.ts'
import * as e06 from './e06-sequences.ts'
import * as f01 from './f01-vae.ts'
import * as f02 from './f02-neural-ode.ts'
import * as f03 from './f03-physics.ts'
import * as f04 from './f04-gaussian-process.ts'
import * as f05 from './f05-graph-network.ts'
import * as f06 from './f06-maml.ts'
import * as f07 from './f07-diffusion.ts'
import * as f08 from './f08-cart-pole.ts'

/** What a file here exports. */
type Module = Pick<System, 'run' | 'programs' | 'parts'>
/** A system of exact figures: float64. */
const exact = (code: string, name: string, title: string, { run, programs, parts }: Module): System => ({
  code,
  name,
  title,
  precision: 'exact',
  run,
  ...(programs && { programs }),
  ...(parts && { parts }),
})
/** A system that learns much: on the fastest back end. */
const fast = (code: string, name: string, title: string, example: Module): System => ({
  ...exact(code, name, title, example),
  precision: 'fast',
})

// biome-ignore format: a table, one system per line
export const systems: readonly System[] = [
  exact('A1', 'weighted-sums', 'weighted sums of the marks of ten pupils: a matrix product', a01),
  exact('A2', 'dense-relu', 'a dense layer with bias and ReLU, two units: sciences and languages above 10', a02),
  exact('A3', 'neuron', 'one sigmoid neuron', a03),
  exact('A4', 'perceptron', 'perceptron, dense layers R^D -> R^C, tanh and ReLU', a04),
  exact('A5', 'mlp', 'a sequential network 3-4-4-1: how many parameters?', a05),
  exact('A6', 'convolution-1d', 'convolution along a line: a derivative, and a pattern found', a06),
  exact('A7', 'convolution-2d', 'convolution of an image: edges, with a bias, then ReLU', a07),
  exact('A8', 'sharpen', 'sharpening: 5x5 of 100 with 150 in the centre', a08),
  exact('A9', 'sobel', 'the Sobel pair on a vertical and a horizontal edge', a09),
  exact('A10', 'max-pool', '2x2 max-pooling, and which pixels it depends on', a10),
  exact('A11', 'batches', 'batches: vmap of a one-image network is the batched network', a11),
  exact('B1', 'linear-regression', 'linear regression of an exam mark: predict, risk, gradient, descent', b01),
  exact('B2', 'sum-of-squares', 'the gradient of a sum of squares at (1,2,4)', b02),
  exact('B3', 'tanh-network', 'a two-layer tanh network, its computation graph, its gradient beside the one derived by hand', b03),
  exact('B4', 'backpropagation', 'back-propagation in three layers and through a convolution: the equations of the course, derived', b04),
  exact('B5', 'backtracking', 'descent with back-tracking: the objective never rises', b05),
  exact('B6', 'least-squares', 'least squares by gradient against the closed form', b06),
  exact('B7', 'stochastic-descent', 'mini-batches without replacement: the mean gradient of an epoch is the full gradient', b07),
  exact('B8', 'optimizers', 'SGD, momentum, Nesterov, Adam, AdamW, RMSprop, Adadelta, Adagrad: ten steps each', b08),
  exact('B9', 'descent-paths', 'descent paths for two step sizes on a surface', b09),
  exact('C1', 'nearest-neighbours', 'nearest neighbour and k-NN: error against the number of samples, and the bad case', c01),
  exact('C2', 'linear-classifier', 'a linear classifier with hinge loss: separable data, and the exclusive or', c02),
  fast('C3', 'exclusive-or', 'the exclusive or, through a feature map and by a network', c03),
  exact('C4', 'universal-relu', 'the explicit ReLU network through any labelled integer points', c04),
  exact('C5', 'approximation', 'universal approximation: one hidden layer, error against width', c05),
  exact('C6', 'test-bound', 'the bound of a test set, by simulation; k-fold cross-validation', c06),
  exact('C7', 'double-descent', 'double descent: test error against width, through and past interpolation', c07),
  fast('C8', 'playground', 'the playground: circle, exclusive or, gaussians, spiral, with decision surfaces', c08),
  fast('D1', 'basic-cnn', 'basicCNN: three convolutions read digits, with the feature maps of every layer', d01),
  fast('D2', 'conv-net', 'the 32-64 convolutional network: about 1 % error, by plain steps and by momentum with a schedule', d02),
  fast('D3', 'fit', 'fit in one call: Dense(4) Dense(4) Dense(1), and a dense network on digits', d03),
  fast('D4', 'architectures', 'LeNet to Swin with their published numbers of parameters; a residual network reads digits', d04),
  fast('D5', 'inference', 'weights from a file by their usual names, softmax, and the most probable classes by name', d05),
  fast('D6', 'segmentation', 'segmentation: a U-Net says of every pixel to which kind of shape it belongs', d06),
  fast('D7', 'detection', 'detection: cells, boxes, non-maximum suppression, average precision', d07),
  fast('D8', 'attention', 'self-attention, shifted windows, a vision transformer, and a model of tokens that copies and sorts', d08),
  fast('E1', 'auto-encoder', 'auto-encoders: the linear one is principal components; the other says more with as few numbers', e01),
  fast('E2', 'interpolation', 'between two pictures, in the latent space of a convolutional auto-encoder', e02),
  fast('E3', 'gan', 'a generator against a discriminator: eight modes on a ring, and digits', e03),
  fast('E4', 't-sne', 't-SNE of what successive layers see: classes are further apart in deep layers', e04),
  fast('E5', 'saliency', 'saliency, guided back-propagation, SmoothGrad, Grad-CAM, and pictures that channels like most', e05),
  fast('E6', 'sequences', 'sequences: characters, dates, questions about stories, pictures in words, noise removed', e06),
  fast('F1', 'vae', 'a variational auto-encoder draws digits', f01),
  fast('F2', 'neural-ode', 'a neural ordinary differential equation learns the motions of a pendulum', f02),
  fast('F3', 'physics', 'a physics-informed network solves the equation of Burgers', f03),
  fast('F4', 'gaussian-process', 'a Gaussian process, whose scales maximise the likelihood', f04),
  fast('F5', 'graph-network', 'a graph network finds communities from few labels', f05),
  fast('F6', 'maml', 'learning to learn: one gradient step fits a new sine', f06),
  fast('F7', 'diffusion', 'a diffusion model draws points in the plane, from noise', f07),
  fast('F8', 'cart-pole', 'a pole is balanced: by policy gradient, and by the derivative of the simulator', f08),
]
