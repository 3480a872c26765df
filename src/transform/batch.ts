/** vmap: a program on one example becomes the program on many. */

import { stacked } from '../../lang/primitives/broadcast.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import type { Program } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { refill, typeLeaves } from '../../lang/syntax/tree.ts'
import type { Tell } from '../../lang/tell.ts'
import { recursionOver } from './linear.ts'
import { vmapClosed } from './vmap.ts'

/** Every leaf with one more axis in front. */
export type Batched<T, N extends number = number> =
  T extends Type<infer S, infer D>
    ? Type<readonly [N, ...S], D>
    : T extends null
      ? null
      : { readonly [K in keyof T]: Batched<T[K], N> }

/** Which inputs get the axis: all of them, or those with true in a tree of the same form, whole subtrees at once. */
export type Mapped<T> =
  | boolean
  | (T extends Type ? boolean : T extends null ? null : { readonly [K in keyof T]: Mapped<T[K]> })
/** The tree where only the mapped leaves have the axis. */
export type BatchedWhere<T, M, N extends number> = M extends true
  ? Batched<T, N>
  : M extends false
    ? T
    : { readonly [K in keyof T]: K extends keyof M ? BatchedWhere<T[K], M[K], N> : T[K] }

export interface VmapOptions<M> {
  /** Which inputs have the axis; all by default. */
  readonly over?: M
  /** Its name, for psum, pmean and pmax. */
  readonly axis?: string
}
const marksOf = (tree: unknown, over: unknown): readonly boolean[] =>
  typeof over === 'boolean'
    ? typeLeaves(tree).map(() => over)
    : Object.entries(tree as object).flatMap(([k, t]) =>
        marksOf(t, (over as { readonly [key: string]: unknown } | null)?.[k] ?? false),
      )

/** vmap, telling every step. */
export const vmapTelling =
  <const N extends number, const M = true>(size: N, options: VmapOptions<M>, tell: Tell | undefined) =>
  <In, Out>(p: Program<In, Out>): Program<BatchedWhere<In, M, N>, Batched<Out, N>> => {
    const marks = marksOf(p.in, options.over ?? true)
    const closed = vmapClosed(p.closed, marks, recursionOver(size, options.axis, tell), tell)
    return {
      in: refill(p.in, inTypes(closed)),
      out: refill(p.out, typeLeaves(p.out).map(stacked(size))),
      closed,
    } as never
  }
/**
 * The program over one more axis of its inputs and outputs, in front.
 *
 * Law:     vmap(n)(f)(stack(xs)) = stack(map(f)(xs))
 */
export const vmap = <const N extends number, const M = true>(size: N, options: VmapOptions<M> = {}) =>
  vmapTelling(size, options, undefined)
