/** The choices of the network room; the link holds all of them. */
import { type OptimiserName, optimiserNames } from '../page/optimisers.ts'
import { choice, field, flag, list, number } from '../page/url.ts'

export const dataNames = ['circle', 'xor', 'gaussians', 'spiral'] as const
export type DataName = (typeof dataNames)[number]
export const featureNames = ['x', 'y', 'x2', 'y2', 'xy', 'sinx', 'siny'] as const
export type FeatureName = (typeof featureNames)[number]
export const activationNames = ['tanh', 'relu', 'sigmoid', 'gelu', 'linear'] as const
export type ActivationName = (typeof activationNames)[number]

export const rates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1, 3] as const
export const batches = [1, 5, 10, 20, 30, 50, 100] as const
export const decays = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1] as const
/** Points to learn from, and as many to test on. */
export const points = 300
export const mostLayers = 5
export const mostNeurons = 8

const f = <T>(key: string, start: T, codec: Parameters<typeof field<T>>[3]) => field<T>('network', key, start, codec)
export const settings = {
  data: f<DataName>('data', 'circle', choice(dataNames)),
  noise: f('noise', 0, number(0, 0.5)),
  features: f<readonly FeatureName[]>('features', ['x', 'y'], list(choice(featureNames), featureNames.length)),
  hidden: f<readonly number[]>('hidden', [4, 2], list(number(1, mostNeurons), mostLayers)),
  activation: f<ActivationName>('activation', 'tanh', choice(activationNames)),
  optimiser: f<OptimiserName>('optimiser', 'adam', choice(optimiserNames)),
  rate: f('rate', 0.03, number(1e-5, 10)),
  batch: f('batch', 10, number(1, 100)),
  decay: f('decay', 0, number(0, 1)),
  seed: f('seed', 1, number(0, 1e6)),
  test: f('test', false, flag),
}
/** The current settings, from which a model is built. */
export const chosen = () => ({
  data: settings.data.value,
  noise: settings.noise.value,
  features: settings.features.value,
  hidden: settings.hidden.value.map(Math.round),
  activation: settings.activation.value,
  optimiser: settings.optimiser.value,
  rate: settings.rate.value,
  batch: Math.round(settings.batch.value),
  decay: settings.decay.value,
  seed: settings.seed.value,
})
export type Settings = ReturnType<typeof chosen>

/** Features as they are written. */
export const featureText: { readonly [F in FeatureName]: string } = {
  x: 'x',
  y: 'y',
  x2: 'x²',
  y2: 'y²',
  xy: 'xy',
  sinx: 'sin 5x',
  siny: 'sin 5y',
}
