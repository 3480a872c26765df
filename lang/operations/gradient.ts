/** Operations that leave values as they are and change the gradient that goes back through them. */
import { declareVjp } from '../control/custom.ts'
import { refuse } from '../primitives/entry.ts'
import type { Expr } from '../syntax/expr.ts'
import type { Shape } from '../syntax/shape.ts'
import { clamp } from './comparison.ts'

/**
 * x itself. Reverse mode clips every number of its gradient to [-limit, limit]. That is not linear, so there is no forward
 * mode.
 *
 * Shape:   any
 * Errors:  InvalidAttribute where the limit is negative; OneWay in forward mode
 *
 * @example
 * const f = programOrThrow(real(2), (x) => sum()(mul(clipGradient(1)(x), tensor([2], [0.5, 40]))))
 * evaluate(gradOrThrow(f).closed, [Float64Array.of(1, 2)]) // => [[0.5, 1]]
 */
export const clipGradient =
  (limit: number) =>
  <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> =>
    limit >= 0
      ? declareVjp(
          (a: Expr): Expr => a,
          (_, ct) => clamp(-limit, limit)(ct),
          { linear: false },
        )(x)
      : refuse(
          'clipGradient',
          { _tag: 'InvalidAttribute', attribute: 'limit', rule: `is ${limit}; it must be 0 or more` },
          [x],
        )
