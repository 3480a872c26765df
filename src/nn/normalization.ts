/** Layers that bring numbers to mean 0 and variance 1, and then to a scale and an offset that they learn. */
import type { Expr } from '../../lang/expr.ts'
import { layerNorm as normalized } from '../../lang/operations/normalization.ts'
import { real, type Type } from '../../lang/shape.ts'
import type { Dims } from '../../lang/types/index.ts'
import { ones, zeros } from './initial.ts'
import { type Layer, layer } from './layer.ts'
import type { EachNumber } from './rule.ts'

type Affine<S extends Dims> = { readonly gamma: Type<S, 'real'>; readonly beta: Type<S, 'real'> }
/**
 * Over the last axes of an example, which have this shape.
 *
 * Source:  Ba, Kiros, Hinton, "Layer normalization" (2016)
 */
export const layerNorm = <const S extends Dims>(
  shape: S,
  options?: { readonly eps?: number },
): Layer<Affine<S>, null, null, EachNumber> => {
  const type: Type<S, 'real'> = real(...shape) as never
  return layer<EachNumber>()({
    name: `layerNorm(${shape})`,
    params: { gamma: type, beta: type },
    init: (key) => ({ params: { gamma: ones(key, shape), beta: zeros(key, shape) } }),
    apply: (params, state, _, a: Expr) => {
      const { gamma, beta } = params as { readonly gamma: Expr; readonly beta: Expr }
      return [normalized(options)(a, gamma, beta), state]
    },
  }) as never
}
