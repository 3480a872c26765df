/** A layer whose inner values a gradient computes again instead of keeping them. */
import { checkpoint as again } from '../../lang/control/call.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Stage, stage } from './joint.ts'
import { type Context, type KeysOf, type Layer, layerAs, type ParamsOf, type StateOf } from './layer.ts'
import type { RuleOf } from './rule.ts'

/** What the body of the checkpoint takes. */
interface Taken {
  readonly params: never
  readonly state: never
  readonly key?: never
  readonly a: unknown
}
type Run = (body: (x: Taken) => unknown) => (x: object) => readonly [unknown, unknown]

/**
 * The same layer in less memory and with more arithmetic: between its forward and its backward part a training step keeps
 * only its input. The layer runs once more in the backward part. It pays around a block of several layers, and around
 * what is cheap to compute and large, such as an activation.
 *
 * Shape:   A -> B, as the layer
 * Law:     checkpoint(f) = f, in parameters, state, keys and values
 *
 * @example
 * repeat(3, checkpoint(residual(sequential(dense(64, 64), relu))))
 */
export const checkpoint = <const L extends Stage>(inner: L): Layer<ParamsOf<L>, StateOf<L>, KeysOf<L>, RuleOf<L>> => {
  const layer = stage(inner)
  return layerAs({
    name: `checkpoint(${layer.name})`,
    params: layer.params,
    state: layer.state,
    keys: layer.keys,
    takes: layer.rule.takes,
    step: (length) => checkpoint(layer.step(length)),
    init: (key) => layer.init(key),
    apply: (params, state, { mode, key }: Context<unknown>, a) => {
      // in mode 'eval' there are no keys, and no layer reads one
      const drawn = mode === 'train' ? { key } : {}
      const body = (x: Taken) => layer.apply(x.params, x.state, { mode, key: x.key ?? (key as never) }, x.a as never)
      const run = typed<Run>(again)(body)
      return run({ params, state, a, ...drawn })
    },
  })
}
