/** Programs and small tools that several tests share. */

import { evaluate, type Tensor } from '../../lang/evaluate.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { closeAll, type Values } from '../laws/close.ts'

interface Holder {
  readonly closed: Closed
}
/** The primitives of a program, in order. */
export const opsOf = ({ closed }: Holder): readonly string[] => closed.equations.map((q) => q.op)
export const valuesOf = ({ closed }: Holder, x: Values): Values => evaluate(closed, x)
/** The only output, or the first. */
export const first = (p: Holder, ...x: readonly (readonly number[])[]): readonly number[] => [
  ...(evaluate(
    p.closed,
    x.map((a) => Float64Array.from(a)),
  )[0] as Tensor),
]
/** p(x) = q(x) */
export const agree =
  (p: Holder, q: Holder, within?: number) =>
  (x: Values): boolean =>
    closeAll(valuesOf(p, x), valuesOf(q, x), within)
