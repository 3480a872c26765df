/**
 * What composition of layers is: the laws of a category with products, and that the derivative respects it. Equal means
 * the same bits at the same parameters, which are given as leaves in order: nesting changes their tree, not their order.
 */

import { evaluate } from '../../lang/evaluate.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { real } from '../../lang/syntax/shape.ts'
import { typeLeaves } from '../../lang/syntax/tree.ts'
import { forwardOrThrow, identity, type Layer, parallel, type Stage, sequential } from '../../src/nn/index.ts'
import { stage } from '../../src/nn/joint.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { closeAll, same, type Values } from './close.ts'

/** sequential and parallel of layers that TypeScript does not know. */
export const chain = sequential as unknown as (...stages: readonly Stage[]) => Layer
const beside = parallel as unknown as (...stages: readonly Stage[]) => Layer
export const closedOf = (l: Layer, x: unknown, mode: 'train' | 'eval' = 'eval'): Closed =>
  (forwardOrThrow(mode) as (l: Layer, x: unknown) => Program<unknown, unknown>)(l, x).closed
/** What a layer gives in mode 'eval', for an input of these types. */
export const at = (l: Layer, params: Values, x: Values, types: unknown = real(3)): Values =>
  evaluate(closedOf(l, types), [...params, ...x])

/** sequential(identity, f) = f = sequential(f, identity) */
export const identityLaw = (f: Stage, params: Values, x: Values): boolean => {
  const y = at(stage(f), params, x)
  return same(at(chain(identity, f), params, x), y) && same(at(chain(f, identity), params, x), y)
}
/** sequential(f, sequential(g, h)) = sequential(sequential(f, g), h) = sequential(f, g, h) */
export const associativity = (f: Stage, g: Stage, h: Stage, params: Values, x: Values): boolean => {
  const y = at(chain(f, g, h), params, x)
  return same(at(chain(f, chain(g, h)), params, x), y) && same(at(chain(chain(f, g), h), params, x), y)
}
export interface At {
  readonly f: Stage
  readonly params: Values
}
/** parallel(f, g) after parallel(h, k) = parallel(f after h, g after k) */
export const product = (f: At, g: At, h: At, k: At, x: Values, y: Values): boolean => {
  const pair = [real(3), real(3)] as const
  const before = [...h.params, ...k.params, ...f.params, ...g.params]
  const apart = [...h.params, ...f.params, ...k.params, ...g.params]
  const one = at(chain(beside(h.f, k.f), beside(f.f, g.f)), before, [...x, ...y], pair)
  return same(one, at(beside(chain(h.f, f.f), chain(k.f, g.f)), apart, [...x, ...y], pair))
}

const push = ({ f, params }: At, x: Values, dx: Values): readonly [Values, Values] => {
  const closed = closedOf(stage(f), real(3))
  const still = params.map((p) => p.map(() => 0))
  const types = [...typeLeaves(stage(f).params), real(3)]
  const [y, dy] = evaluate(jvp({ in: types, out: [real(3)], closed }).closed, [...params, ...x, ...still, ...dx])
  return [[y as Values[0]], [dy as Values[0]]]
}
/** D(g after f) = Dg after Df */
export const functor = (f: At, g: At, x: Values, dx: Values): boolean => {
  const [y, dy] = push(f, x, dx)
  const whole = push({ f: chain(f.f, g.f), params: [...f.params, ...g.params] }, x, dx)
  return push(g, y, dy).every((e, i) => closeAll(e, whole[i] as Values))
}
