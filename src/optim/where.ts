/** Two optimisers for one tree of parameters: decay for weights only, a rate of its own for a part, a part that rests. */
import type { Type } from '../../lang/syntax/shape.ts'
import type { Optimizer, TrainedTensor, Updated } from './optimizer.ts'

/** Which tensors: by their place in the tree of parameters, ['0', 'w'], and their type. */
export type Mask = (path: readonly string[], type: Type) => boolean

/** Tensors of two axes and more: not biases, not the scales of norms. What weight decay is for. */
export const isWeight: Mask = (_, type) => type.shape.length >= 2

/**
 * The tensors that the mask takes are moved by `one`, the others by `other`. Every tensor has the slots of both; one that
 * both have starts from `one`'s number. The rate told outside is `one`'s.
 *
 * Law:     where(mask, o, o) = o, for rules that take each tensor by itself
 *
 * @example
 * where(isWeight, adamW({ rate: 1e-3, weightDecay: 0.1 }), adamW({ rate: 1e-3, weightDecay: 0 }))
 */
export const where = <A extends string, B extends string>(
  mask: Mask,
  one: Optimizer<A>,
  other: Optimizer<B>,
): Optimizer<A | B> => ({
  name: `${one.name}, ${other.name}`,
  slots: { ...other.slots, ...one.slots } as Optimizer<A | B>['slots'],
  rate: one.rate,
  step: (tensors, k) => {
    const taken = tensors.map((x) => mask(x.path, x.p.type))
    const ones: Updated[] = [...one.step(tensors.filter((_, i) => taken[i]) as readonly TrainedTensor<A>[], k)]
    const others: Updated[] = [...other.step(tensors.filter((_, i) => !taken[i]) as readonly TrainedTensor<B>[], k)]
    return tensors.map(({ slots }, i) => {
      const [p, kept] = (taken[i] ? ones : others).shift() as Updated
      return [p, { ...slots, ...kept }]
    })
  },
})
