/**
 * The network as programs of the library: one training step, the output of every neuron over the plane, the loss on the test
 * points, and the gradient on one point, to be read. Nothing here is computed by the page.
 */

import { circle, exclusiveOr, gaussians, type PlaneSet, spiral } from '../../../src/data/index.ts'
import {
  bceWithLogits,
  type Expr,
  gelu,
  gt,
  linear,
  logistic,
  mul,
  real,
  relu,
  select,
  sigmoid,
  sin,
  square,
  stack,
  sub,
  take,
  tanh,
  vmap,
} from '../../../src/index.ts'
import { dense, type Layer, sequential } from '../../../src/nn/index.ts'
import { foldIn, normal, randomKey } from '../../../src/random/index.ts'
import { measurementOrThrow, startTraining, trainStepOrThrow } from '../../../src/train/index.ts'
import { optimiserOf } from '../page/optimisers.ts'
import { build, call, type Untyped, valueAndGradientOrThrow } from '../page/untyped.ts'
import { type ActivationName, type DataName, type FeatureName, points, type Settings } from './settings.ts'

type Map1 = (x: Expr) => Expr

// -- data ------------------------------------------------------------------------------------------------------------

const draws: { readonly [D in DataName]: typeof circle } = { circle, xor: exclusiveOr, gaussians, spiral }
/** Points of [-1, 1]^2 or so, with class 0 or 1. */
export interface Points {
  readonly x: Float32Array
  readonly y: Float32Array
  readonly count: number
}
const withNoise = (set: PlaneSet, noise: number, z: Float64Array): Points => ({
  x: set.x.map((v, i) => v + noise * (z[i] ?? 0)),
  y: Float32Array.from(set.y),
  count: set.count,
})
export const pointsOf = (s: Pick<Settings, 'data' | 'noise' | 'seed'>, part: number, count = points): Points => {
  const from = foldIn(part)(randomKey(s.seed))
  return withNoise(draws[s.data](foldIn(0)(from), count), s.noise, normal(2 * count)(foldIn(1)(from)))
}

// -- the network -----------------------------------------------------------------------------------------------------

/** An entry of a vector whose length only run time knows. */
const coordinate =
  (i: number): Map1 =>
  (p) =>
    take(0, i)(p)
/** Features are of the size of the points, which lie in [-1, 1]^2. */
const featureOf = (name: FeatureName, x: Expr, y: Expr): Expr => {
  switch (name) {
    case 'x':
      return x
    case 'y':
      return y
    case 'x2':
      return square(x)
    case 'y2':
      return square(y)
    case 'xy':
      return mul(x, y)
    case 'sinx':
      return sin(mul(5, x))
    case 'siny':
      return sin(mul(5, y))
  }
}
const featuresOf =
  (names: readonly FeatureName[]): Map1 =>
  (p) => {
    const [x, y] = [coordinate(0)(p), coordinate(1)(p)]
    return stack(0)(names.map((name) => featureOf(name, x, y)) as never) as Expr
  }
const activations: { readonly [A in ActivationName]: Map1 } = {
  tanh: tanh,
  relu: relu,
  sigmoid: sigmoid,
  gelu: gelu,
  linear: (x) => x,
}
interface Affine {
  readonly w: Expr
  readonly b: Expr
}
/** The positions of the affine layers among the stages: features, dense, activation, dense, activation, ..., dense. */
const affinePlaces = (hidden: readonly number[]): readonly number[] => [...hidden, 1].map((_, k) => 1 + 2 * k)

/** Layers whose sizes only run time knows: the types of stages cannot be stated. */
const sequenceOf = sequential as (...stages: readonly unknown[]) => Layer
const networkOf = (s: Settings): Layer => {
  const sizes = [s.features.length, ...s.hidden, 1]
  const act = activations[s.activation]
  const stages = s.hidden.flatMap((n, k) => [dense(sizes[k] ?? 1, n), act])
  const last = dense(sizes.at(-2) ?? 1, 1)
  return sequenceOf(featuresOf(s.features), ...stages, last)
}

// -- programs --------------------------------------------------------------------------------------------------------

const point = real(2)
const logitOf: Map1 = coordinate(0)
const loss = (out: Expr, y: Expr) => bceWithLogits()(logitOf(out), y)
const right = (out: Expr, y: Expr) => select(gt(mul(logitOf(out), sub(y, 0.5)), 0), 1, 0)

/** Points along one side of the pictures of neurons. */
export const side = 44

/** The output of every feature and every neuron at a point, layer by layer; last the probability of class 1. */
const seenBy = (s: Settings, network: Layer): Untyped => {
  const act = activations[s.activation]
  const places = affinePlaces(s.hidden)
  return build(
    { params: network.params, x: point },
    ({ params, x }: { readonly params: readonly Affine[]; readonly x: Expr }) => {
      const layers: Expr[] = [featuresOf(s.features)(x)]
      places.forEach((place, k) => {
        const { w, b } = params[place] as Affine
        const z = linear(layers.at(-1) as never, w as never, b as never) as Expr
        layers.push(k === places.length - 1 ? logistic(z) : act(z))
      })
      return layers
    },
  )
}

export interface Model {
  readonly settings: Settings
  readonly network: Layer
  /** (state, { x, y }) -> (state', loss) */
  readonly step: Untyped
  readonly start: unknown
  /** { params, x: [side^2, 2] } -> the values of each layer, [side^2, width] */
  readonly seen: Untyped
  readonly measurement: Untyped
  /** The loss on one point and its gradient with respect to the parameters, for reading. */
  readonly gradient: () => Untyped
}
export const modelOf = (s: Settings): Model => {
  const network = networkOf(s)
  const optimiser = optimiserOf(s.optimiser, s.rate, s.decay)
  const shapes = { x: point, y: real() }
  const train = trainStepOrThrow as (...all: readonly unknown[]) => Untyped
  const measure = measurementOrThrow as (...all: readonly unknown[]) => Untyped
  return {
    settings: s,
    network,
    step: train(network, loss, optimiser, { ...shapes, batch: s.batch }),
    start: startTraining(network, optimiser, foldIn(7)(randomKey(s.seed))),
    seen: vmap(side * side, { over: { params: false, x: true } })(seenBy(s, network)),
    measurement: measure(network, { loss, accuracy: right }, { ...shapes, batch: points }),
    gradient: () => {
      const types = { params: network.params, x: point, y: real() }
      const one = build(types, ({ params, x, y }: { readonly params: never; readonly x: Expr; readonly y: Expr }) => {
        const [out] = network.apply(params, network.state as never, { mode: 'train', key: network.keys as never }, x)
        return (loss as (a: unknown, b: unknown) => Expr)(out, y)
      })
      const both = valueAndGradientOrThrow(one)
      return build(types, (v) => {
        const [value, g] = call<unknown, readonly [Expr, { readonly params: unknown }]>(both)(v)
        return { loss: value, params: g.params }
      })
    },
  }
}

/** The weights of layer k, [out][in] row by row, from the parameters' values. */
export const weightsOf = (
  params: unknown,
  k: number,
): { readonly w: ArrayLike<number>; readonly b: ArrayLike<number> } =>
  (params as readonly { readonly w: ArrayLike<number>; readonly b: ArrayLike<number> }[])[1 + 2 * k] ?? { w: [], b: [] }
