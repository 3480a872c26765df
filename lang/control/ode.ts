/** Differential equations: the field is a function on trees. */
import { odeClosed } from '../primitives/ode.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { isReal, real, sameTypes } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import { bodyOf, isEmpty, nothing, operands, outcome, refused, sameForm } from './body.ts'
import type { AnyTree, Rows } from './types.ts'

export interface OdeOptions {
  /** A step is accepted where no element errs by more than atol + rtol |y|. Default: 1e-5. In float32 not below 1e-6. */
  readonly rtol?: number
  /** Default: 1e-7. */
  readonly atol?: number
  /** The most steps from one time to the next. Default: 1000. */
  readonly limit?: number
}
type Odeint = <Y = AnyTree>(
  field: (y: Y, t: Expr<readonly [], 'real'>) => Y,
  options?: OdeOptions,
) => <const N extends number>(start: Y, times: Expr<readonly [N], 'real'>) => Rows<N, Y>
/**
 * The solution of dy/dt = f(y, t) at given times, from its value at the first of them. Steps of Dormand and Prince of order
 * 5(4), as long as the tolerances allow; between steps their polynomial of order 4.
 *
 * Shape:   y is a tree of real arrays; times[N] -> every array with N in front. Times may go back, and repeat
 * Law:     the first row is the start. Its derivative is that of the equation: forward a larger equation, in reverse the
 *          adjoint one, from the last time back; in the start, the times and what f uses from around it; of every order
 * Cost:    6 evaluations of f per step; about (1 / rtol)^(1/5) steps per unit of time. Reverse mode keeps y at the given
 *          times only
 * Errors:  BodyMismatch, where f changes the form or a type; those inside f. Where `limit` steps do not reach a time, y is
 *          NaN there
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const p = programOrThrow({ k: real(), t: real(2) }, ({ k, t }) =>
 *   take(0, -1)(odeint((y: Real) => mul(k, y), { rtol: 1e-10, atol: 1e-10 })(constant([], 1), t)))
 * const [y] = evaluate(p.closed, [Float64Array.of(1), Float64Array.of(0, 1)])[0] ?? []
 * Math.abs((y ?? 0) - Math.E) < 1e-8 // => true
 */
export const odeint: Odeint = operation(
  'odeint(field*, options?{rtol atol limit})(start, times)',
  typed(
    (
      field: (y: AnyTree, t: AnyTree) => AnyTree,
      { rtol: relative = 1e-5, atol: absolute = 1e-7, limit = 1000 }: OdeOptions = {},
    ) =>
      (start: unknown, times: Expr): unknown => {
        const args = operands(start, 'odeint')
        const body = bodyOf('odeint', (t: AnyTree, y: AnyTree) => field(y, t), { t: real(), y: start })
        if (isEmpty(body)) return refused('odeint', start, nothing, args)
        const types = { expected: args.map((e) => e.type), found: body.outs.map((e) => e.type) }
        if (!sameForm(start, body.tree) || !sameTypes(types.expected, types.found) || !types.expected.every(isReal)) {
          const what = 'the field must give the form and the types of y, all real'
          return refused('odeint', start, { _tag: 'BodyMismatch', what, ...types }, args)
        }
        return outcome(start as AnyTree, [times, ...args], [body], ({ bodies: [f], captured }) =>
          odeClosed({ field: f as Closed, states: args.length, relative, absolute, limit })(
            times,
            ...args,
            ...captured,
          ),
        )
      },
  ),
)
