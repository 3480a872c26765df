/** Normalisation by the numbers of neighbouring channels. */

import { sum } from '../primitives/broadcast.ts'
import { add, div, mul } from '../primitives/elementwise.ts'
import { moveAxis } from '../primitives/reindex.ts'
import { unfold } from '../primitives/window.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type Shape } from '../syntax/shape.ts'
import { pow, square } from './comparison.ts'
import { axisProblem, derived, notFinite, sizeAt, unless } from './derived.ts'

export interface ResponseOptions {
  /** How many channels count, half of them in front: positive. */
  readonly size: number
  /** Default: 1e-4. */
  readonly alpha?: number
  /** Default: 0.75. */
  readonly beta?: number
  /** Default: 1. */
  readonly k?: number
  /** The axis of the channels. Default: 0, as for one example; 1 for a batch. */
  readonly axis?: number
}
/**
 * x / (k + alpha mean(x'^2))^beta, where x' are the numbers of `size` neighbouring channels, with zeros outside.
 *
 * Shape:   [C, ...H] -> [C, ...H]
 * Errors:  AxisOutOfRange, InvalidAttribute, ElementType
 * Source:  Krizhevsky, Sutskever, Hinton, "ImageNet classification" (2012), section 3.3; as PyTorch's, alpha is over size
 */
export const localResponseNorm = operation(
  'localResponseNorm(options{size alpha beta k axis})(x: real)',
  ({ size, alpha = 1e-4, beta = 0.75, k = 1, axis = 0 }: ResponseOptions) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => {
      const e: Expr = x
      const problem =
        axisProblem(axis, rankOf(e)) ??
        unless(Number.isInteger(size) && size > 0, 'size', 'must be a positive integer') ??
        notFinite('alpha', alpha) ??
        notFinite('beta', beta) ??
        notFinite('k', k)
      return derived('localResponseNorm', [e], problem, () => {
        const at = axisOf(axis, rankOf(e))
        const length = sizeAt(e, at)
        const windows = { size, stride: 1, dilation: 1, low: Math.floor(size / 2), count: length, length }
        const squares = sum(-1)(unfold(windows)(moveAxis(at, -1)(square(e))))
        return div(e, pow(add(mul(moveAxis(-1, at)(squares), alpha / size), k), beta))
      }) as Expr<S, 'real'>
    },
)
