/**
 * From a value that is not finite back to its cause: through arguments that are not finite either, to an equation whose
 * arguments are. The search reads only which values are finite, infinite or NaN.
 */
import type { Closed } from '../../../lang/syntax/closed.ts'

export type Finiteness = 'finite' | 'infinite' | 'nan'
/** Output `out` of equation `equation`. */
export interface EquationOutput {
  readonly equation: number
  readonly out: number
}
interface Cause {
  /** The number of an input that is itself not finite. */
  readonly input?: number
  /** The equation with finite arguments and a result that is not. */
  readonly origin?: EquationOutput
  /** The equation with arguments without NaN and a result with one. */
  readonly nan?: EquationOutput
}
export const finitenessOf = (x: Float64Array): Finiteness =>
  x.some(Number.isNaN) ? 'nan' : x.some((v) => !Number.isFinite(v)) ? 'infinite' : 'finite'

/** `from`: the number of a value that is not finite. From a NaN the search follows NaN as far as it can. */
export const causeOf = (p: Closed, kinds: readonly Finiteness[], from: number): Cause => {
  const equationOf = new Map(
    p.equations.flatMap((q, k) => q.outs.map((_, i) => [q.first + i, [q, k] as const] as const)),
  )
  let nan: EquationOutput | undefined
  for (let at = from; ; ) {
    const found = equationOf.get(at)
    if (found === undefined) return { input: at, ...(nan && { nan }) }
    const [q, equation] = found
    const bad = q.args.filter((a) => kinds[a] !== 'finite')
    const here = { equation, out: at - q.first }
    const [first] = bad
    if (first === undefined) return { origin: here, ...(nan && { nan }) }
    const next = kinds[at] === 'nan' ? bad.find((a) => kinds[a] === 'nan') : first
    // a NaN whose arguments hold none: it comes from infinities
    if (next === undefined) nan = here
    at = next ?? first
  }
}
