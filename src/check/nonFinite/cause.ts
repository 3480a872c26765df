/**
 * The way back from a value that is not finite, through arguments that are not, to an equation whose arguments are. Only
 * the kind of every value is needed.
 */
import type { Closed, Equation } from '../../../lang/syntax/closed.ts'

export type Finiteness = 'finite' | 'infinite' | 'nan'
/** Output `out` of equation `equation`. */
export interface EquationOutput {
  readonly equation: number
  readonly out: number
}
export interface Cause {
  /** The number of an input, where the way ends in one. */
  readonly input?: number
  /** Where finite arguments gave what is not. */
  readonly origin?: EquationOutput
  /** Where arguments without NaN gave one. */
  readonly nan?: EquationOutput
}
export const finitenessOf = (x: Float64Array): Finiteness =>
  x.some(Number.isNaN) ? 'nan' : x.some((v) => !Number.isFinite(v)) ? 'infinite' : 'finite'

export const causeOf = (p: Closed, kinds: readonly Finiteness[], from: number): Cause => {
  const maker = new Map(p.equations.flatMap((q, k) => q.outs.map((_, i) => [q.first + i, k] as const)))
  let nan: EquationOutput | undefined
  for (let at = from; ; ) {
    const equation = maker.get(at)
    if (equation === undefined) return { input: at, ...(nan && { nan }) }
    const q = p.equations[equation] as Equation
    const bad = q.args.filter((a) => kinds[a] !== 'finite')
    const [next] = kinds[at] === 'nan' ? bad.filter((a) => kinds[a] === 'nan') : bad
    const here = { equation, out: at - q.first }
    if (next === undefined && bad[0] === undefined) return { origin: here, ...(nan && { nan }) }
    if (next === undefined) nan = here
    at = next ?? (bad[0] as number)
  }
}
