/**
 * Two optimisers for one tree of parameters: weight decay for weights only, or another rate for some of the tensors.
 */
import { mul, sub } from '../../lang/primitives/elementwise.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Optimizer, Updated } from './optimizer.ts'
import { notNegative, optimizerUnless, outOfRange } from './refuse.ts'

/** Selects tensors by their path in the tree of parameters, ['0', 'w'], and their type. */
export type Mask = (path: readonly string[], type: Type) => boolean

/** Tensors of rank 2 and more, which weight decay is for: not biases, not the scales of norms. */
export const isWeight: Mask = (_, type) => type.shape.length >= 2

/**
 * `one` updates the tensors that the mask selects, `other` the rest. Every tensor has the slots of both; a slot of both
 * starts with `one`'s number. The rate of the result, for reports, is `one`'s.
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
  slots: typed({ ...other.slots, ...one.slots }),
  shapes: typed({ ...other.shapes, ...one.shapes }),
  rate: one.rate,
  step: (tensors, k) => {
    const selected = tensors.map((x) => mask(x.path, x.p.type))
    // the updates of each optimiser, in the order of its tensors
    const [ones, others]: readonly [Updated[], Updated[]] = [
      [
        ...one.step(
          tensors.filter((_, i) => selected[i]),
          k,
        ),
      ],
      [
        ...other.step(
          tensors.filter((_, i) => !selected[i]),
          k,
        ),
      ],
    ]
    return tensors.map(({ p, slots }, i) => {
      const [next, kept] = (selected[i] ? ones : others).shift() ?? [p, slots]
      return [next, { ...slots, ...kept }]
    })
  },
})

/**
 * Parameter groups: a tensor is updated by the optimiser of the first mask that selects it, else by `others`.
 *
 * Law:     groups([[m, o]], p) = where(m, o, p)
 *
 * @example
 * groups([[(path) => path[0] === 'head', sgd({ rate: 1 })], [isWeight, sgd({ rate: 0.1 })]], sgd({ rate: 0 }))
 */
export const groups = (list: readonly (readonly [Mask, Optimizer])[], others: Optimizer): Optimizer =>
  list.reduceRight<Optimizer>((rest, [mask, o]) => where(mask, o, rest), others)

/**
 * The optimiser, with the tensors of a mask shrunk before its step, as adamW does: p = (1 - rate c) p. By default those of
 * rank 2 and more.
 *
 * @example
 * pipe(lion({ rate: 1e-4 }), decayed(0.1))
 */
export const decayed = (c: number, mask: Mask = isWeight) => {
  const wrong = outOfRange('decayed', [['c', c, notNegative]])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot> =>
    optimizerUnless(wrong, {
      ...o,
      step: (tensors, k) => {
        const kept = sub(1, mul(c, o.rate(k)))
        return o.step(
          tensors.map((x) => (mask(x.path, x.p.type) ? { ...x, p: mul(kept, x.p) } : x)),
          k,
        )
      },
    })
}
