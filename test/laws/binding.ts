/** What binding inputs is: two programs in sequence that are the program. Laws as in derivative.ts. */
import { evaluate } from '../../lang/evaluate.ts'
import { refill } from '../../lang/syntax/tree.ts'
import { bindOrThrow } from '../../src/transform/bind/bind.ts'
import { closeAll, same, type Values } from './close.ts'
import type { AnyProgram } from './derivative.ts'

interface Bound {
  readonly once: AnyProgram
  readonly rest: AnyProgram
}
/** The program with the marked inputs bound. */
export const bound = (p: AnyProgram, known: readonly boolean[], regroup = false): Bound =>
  bindOrThrow(p as never, { known: refill(p.in, known) as never, regroup }) as Bound
/** The marked values, and the others. */
export const parted = (x: Values, known: readonly boolean[]): readonly [Values, Values] => [
  x.filter((_, i) => known[i]),
  x.filter((_, i) => !known[i]),
]
const inSequence = ({ once, rest }: Bound, known: readonly boolean[], x: Values): Values => {
  const [bindings, others] = parted(x, known)
  return evaluate(rest.closed, [...evaluate(once.closed, bindings), ...others])
}

/** rest(once(known), x) = f(known, x), bit for bit */
export const bindSplits = (p: AnyProgram, known: readonly boolean[]): ((x: Values) => boolean) => {
  const parts = bound(p, known)
  return (x) => same(inSequence(parts, known, x), evaluate(p.closed, x))
}
/** the same up to rounding, where sums and products are regrouped */
export const regroupedSplits = (
  p: AnyProgram,
  known: readonly boolean[],
  within?: number,
): ((x: Values) => boolean) => {
  const parts = bound(p, known, true)
  return (x) => closeAll(inSequence(parts, known, x), evaluate(p.closed, x), within)
}
