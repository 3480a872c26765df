/** Every optimiser of the library by a short name, with the options that the rooms offer. */
import { adadelta, adagrad, adam, adamW, type Optimizer, type Rate, rmsProp, sgd } from '../../../src/optim/index.ts'

export const optimiserNames = [
  'sgd',
  'momentum',
  'nesterov',
  'adam',
  'adamW',
  'rmsProp',
  'adagrad',
  'adadelta',
] as const
export type OptimiserName = (typeof optimiserNames)[number]

export const optimiserOf = (name: OptimiserName, rate: Rate, weightDecay = 0): Optimizer => {
  const common = weightDecay === 0 ? { rate } : { rate, weightDecay }
  switch (name) {
    case 'sgd':
      return sgd(common)
    case 'momentum':
      return sgd({ ...common, momentum: 0.9 })
    case 'nesterov':
      return sgd({ ...common, momentum: 0.9, nesterov: true })
    case 'adam':
      return adam(common)
    case 'adamW':
      return adamW(common)
    case 'rmsProp':
      return rmsProp(common)
    case 'adagrad':
      return adagrad(common)
    case 'adadelta':
      return adadelta(common)
  }
}
/** As they are written in the literature: the same in both languages. */
export const optimiserTitle: { readonly [N in OptimiserName]: string } = {
  sgd: 'SGD',
  momentum: 'SGD + momentum',
  nesterov: 'Nesterov',
  adam: 'Adam',
  adamW: 'AdamW',
  rmsProp: 'RMSprop',
  adagrad: 'Adagrad',
  adadelta: 'Adadelta',
}
