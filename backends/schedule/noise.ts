/**
 * A plan whose last places are random: every number that is rounded becomes x (1 + n), with n from a list of noise that the
 * host fills before a run. The terms of sums are rounded too. So the outputs differ by about as much as rounding may change
 * them. Where the list is 0, the numbers are those of the plain plan.
 *
 * Source: D. S. Parker, "Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic" (1997).
 */
import {
  flatten,
  fn,
  index,
  type Meaning,
  mod,
  num,
  offset,
  type Scalar,
  type Source,
} from '../../lang/kernel/index.ts'
import { roundingOf } from '../../lang/kernel/rounding.ts'
import { type Closed, type Equation, isClosed, typesOf } from '../../lang/syntax/closed.ts'
import { isReal, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'

/** Noise: the host overwrites these numbers in memory. */
export type NoisePlaces = readonly number[]
/** Different operations read at different places. */
const places = 1021
const placeOf = (n: number): number => (n * 61) % places
/** Larger arrays use the list again from its beginning. */
const longest = 1 << 18
/** Room for the largest array of a program. */
export const noiseFor = (p: Closed): NoisePlaces => new Array<number>(places + Math.min(longest, largestIn(p))).fill(0)
const largestIn = (p: Closed): number => {
  const bodies = p.equations.flatMap((q) => Object.values(q.attrs).filter(isClosed))
  const sizes = [...typesOf(p).map((t) => sizeOf(t.shape)), ...bodies.map(largestIn)]
  return sizes.reduce((most, n) => Math.max(most, n), 1)
}

/** What an equation means over the values that it reads, and which value each result becomes. */
export interface MeaningOver {
  readonly meaning: Meaning
  readonly args: readonly number[]
  readonly finish: (result: number) => number
}
/** The program that is being expanded. */
interface Expansion {
  /** Adds an equation, and returns the number of its first output. */
  readonly push: (q: AddedEquation) => number
  readonly source: (v: number) => Source
  readonly plainly: (q: Equation, args: readonly number[]) => MeaningOver
}
interface AddedEquation {
  readonly op: string
  readonly meaning: Exclude<Meaning, { readonly _tag: 'Inline' }>
  readonly args: readonly number[]
  readonly outs: readonly Type[]
}
interface Noisy {
  /** A value with its last place random; integers stay. */
  readonly rounded: (v: number) => number
  readonly meaningOf: Expansion['plainly']
}
export const addNoise = (noise: NoisePlaces, { push, source, plainly }: Expansion): Noisy => {
  const outs = [real(noise.length)]
  let list: number | undefined
  let count = 0
  /** x (1 + n), element by element. */
  const touched = (v: number): number => {
    list ??= push({ op: 'noise', meaning: { _tag: 'Data', values: noise }, args: [], outs })
    const [x, n, place] = [source(v), source(list), placeOf(count++)]
    const { shape } = x.type
    const fits = sizeOf(shape) + places <= noise.length
    const at = (i: readonly Scalar[]): Scalar => {
      const k = offset(flatten(shape, i), place)
      return fn('mul', x.at(i), fn('add', num(1), n.at([fits ? k : mod(k, noise.length)])))
    }
    return push({ op: 'rounding', meaning: { _tag: 'Kernel', at }, args: [v, list], outs: [x.type] })
  }
  const rounded = (v: number): number => (isReal(source(v).type) ? touched(v) : v)
  const meaningOf: Expansion['plainly'] = (q, args) => {
    const plain = plainly(q, args)
    const [out] = q.outs
    const { meaning } = plain
    if ((meaning._tag !== 'Kernel' && meaning._tag !== 'Scatter') || out === undefined || !isReal(out)) return plain
    const rounds = meaning._tag === 'Scatter' ? 'terms' : roundingOf(meaning.at(out.shape.map(index)))
    if (rounds === 'nothing') return plain
    return { ...(rounds === 'terms' ? plainly(q, args.map(rounded)) : plain), finish: touched }
  }
  return { rounded, meaningOf }
}
