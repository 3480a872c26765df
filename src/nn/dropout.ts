/** Layers that are random while the network trains. */

import { bernoulli, type Key } from '../../lang/operations/random.ts'
import { mul, select } from '../../lang/primitives/elementwise.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { type KeyType, keyType, type Layer, layer } from './layer.ts'
import type { EachNumber } from './rule.ts'

/**
 * Each number 0 with this probability and else divided by 1 - probability, so that its mean stays; nothing in mode 'eval'.
 *
 * Source:  Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout" (2014)
 */
export const dropout = (probability: number): Layer<null, null, KeyType, EachNumber> =>
  layer<EachNumber>()({
    name: `dropout(${probability})`,
    keys: keyType,
    apply: (_, state, { mode, key }, a: Expr) => {
      if (mode === 'eval' || probability === 0) return [a, state]
      const kept = bernoulli(1 - probability, shapeOf(a))(key as Key)
      // where nothing is kept, no factor: an infinite one would make its gradient NaN
      const factor = probability < 1 ? 1 / (1 - probability) : 0
      return [select(kept as Expr, mul(a, factor), 0), state]
    },
  })
