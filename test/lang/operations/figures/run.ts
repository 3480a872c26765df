/** Rows of figures as programs: a call in the language, its arguments, and what another system gives. */
import { compileFunction } from 'node:vm'
import type { Expr } from '../../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../../lang/syntax/program.ts'
import type { DType, Shape } from '../../../../lang/syntax/shape.ts'
import { exprLeaves } from '../../../../lang/syntax/tree.ts'
import * as language from '../../../../src/index.ts'
import type { AnyProgram } from '../../../laws/derivative.ts'

type Written = number | 'nan' | 'inf' | '-inf'
interface Figures {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: readonly unknown[]
}
export interface Row {
  readonly call: string
  readonly args: readonly Figures[]
  readonly outs: readonly Figures[]
  /** What the cotangents cos(1 + k) pull back to, for the real arguments. */
  readonly pulled?: readonly Figures[]
}
const infinity = Number.POSITIVE_INFINITY
const words: { readonly [word: string]: number } = { nan: Number.NaN, inf: infinity, '-inf': -infinity }
export const numbersOf = ({ data }: Figures): readonly number[] =>
  (data as readonly Written[]).map((v) => (typeof v === 'number' ? v : (words[v] as number)))

const [names, members] = [Object.keys(language), Object.values(language)]
/** The leaves of what a call gives, flat and in order. */
type Call = (...xs: readonly Expr[]) => unknown
const callOf = (call: string): Call => {
  const f = compileFunction(`return ${call}`, [...names, 'x', 'y', 'z']) as (...args: readonly unknown[]) => unknown
  return (...xs) => f(...members, ...xs)
}
export const programOf = ({ call, args }: Row): AnyProgram =>
  programOrThrow(
    args.map(({ dtype, shape }) => ({ dtype: dtype as DType, shape: shape as Shape })),
    (xs) => exprLeaves(callOf(call)(...(xs as readonly Expr[]))),
  ) as AnyProgram
export const inputsOf = ({ args }: Row): readonly Float64Array[] => args.map((a) => Float64Array.from(numbersOf(a)))

/** The first number that is not within the tolerance, relative to the largest finite figure beside it; or undefined. */
export const firstMiss = (
  found: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
): string | undefined => {
  if (found.length !== expected.length) return `${found.length} numbers, not ${expected.length}`
  const scale = Math.max(1e-300, ...expected.filter(Number.isFinite).map(Math.abs))
  const k = expected.findIndex((e, i) => {
    const f = found[i] as number
    return !Object.is(f, e) && f !== e && !(Math.abs(f - e) <= tolerance * scale)
  })
  return k < 0 ? undefined : `number ${k} is ${found[k]}, not ${expected[k]}`
}
