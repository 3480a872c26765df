/** What a rewrite is: another program with the same meaning. Laws as in derivative.ts. */

import { evaluate } from '../../lang/evaluate.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { toJSON } from '../../lang/syntax/plain.ts'
import { closeAll, same, type Values } from './close.ts'
import type { AnyProgram } from './derivative.ts'

type Rewrite = (p: Closed) => Closed

/** rewrite(f)(x) = f(x), bit for bit: no rule may be false for some float */
export const preservesBits =
  (rewrite: Rewrite) =>
  (p: AnyProgram): ((x: Values) => boolean) => {
    const after = rewrite(p.closed)
    return (x) => same(evaluate(after, x), evaluate(p.closed, x))
  }
/** rewrite(f)(x) = f(x) up to rounding, for rules about real numbers */
export const preservesMeaning =
  (rewrite: Rewrite) =>
  (p: AnyProgram): ((x: Values) => boolean) => {
    const after = rewrite(p.closed)
    return (x) => closeAll(evaluate(after, x), evaluate(p.closed, x))
  }
/** rewrite(rewrite(f)) = rewrite(f): there is nothing left to rewrite */
export const reachesNormalForm =
  (rewrite: Rewrite) =>
  (p: AnyProgram): boolean => {
    const once = rewrite(p.closed)
    return toJSON(rewrite(once)) === toJSON(once)
  }
