/** Layers that are random while the network trains. */

import { bernoulli } from '../../lang/operations/random.ts'
import { mul, select } from '../../lang/primitives/elementwise.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { type KeyType, keyType, type Layer, layer } from './layer.ts'
import type { EachNumber } from './rule.ts'

/**
 * In mode 'train' each number is 0 with this probability (0 .. 1), else divided by 1 - probability, so that its mean
 * stays. In mode 'eval' the identity.
 *
 * Source:  Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout" (2014)
 */
export const dropout = (probability: number): Layer<null, null, KeyType, EachNumber> =>
  layer<EachNumber>()({
    name: `dropout(${probability})`,
    keys: keyType,
    apply: (_, state, { mode, key }, a: Expr) => {
      if (mode === 'eval' || probability === 0) return [a, state]
      const kept: Expr = bernoulli(1 - probability, shapeOf(a))(key)
      // with probability 1 nothing is kept; the factor 1 / 0 would make the gradient NaN
      const factor = probability < 1 ? 1 / (1 - probability) : 0
      return [select(kept, mul(a, factor), 0), state]
    },
  })
/**
 * In mode 'train' the whole array of an example is 0 with this probability (0 .. 1), else divided by 1 - probability: a
 * residual block whose main path ends with it is then left out. In mode 'eval' the identity.
 *
 * Source:  Huang, Sun, Liu, Sedra, Weinberger, "Deep networks with stochastic depth" (2016)
 *
 * @example
 * residual(sequential(dense(64, 64), relu, stochasticDepth(0.2)))
 */
export const stochasticDepth = (probability: number): Layer<null, null, KeyType, EachNumber> =>
  layer<EachNumber>()({
    name: `stochasticDepth(${probability})`,
    keys: keyType,
    apply: (_, state, { mode, key }, a: Expr) => {
      if (mode === 'eval' || probability === 0) return [a, state]
      const kept: Expr = bernoulli(1 - probability, [])(key)
      const factor = probability < 1 ? 1 / (1 - probability) : 0
      return [select(kept, mul(a, factor), 0), state]
    },
  })
