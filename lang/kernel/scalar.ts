/**
 * KernelIR: one number per output index. A kernel is a function from the output's indices to a Scalar. A Scalar is
 * built of numbers, indices, loads, calls of scalar functions, and reduction loops:
 *
 *   s ::= number | index | load source [s, ...] | fn(s, ...) | reduce monoid index s
 *
 * Indices are compared by identity; they have names only where a kernel is printed. A scalar may carry the range of the
 * integers it can take: a guard that the range proves is left out. Truth values are 1 and 0.
 */
import type { DType, Shape } from '../syntax/shape.ts'

/** The scalar functions every back end implements. `idiv` and `mod` round towards -infinity, by a positive divisor. */
export type Fn =
  | 'neg' | 'abs' | 'sign' | 'floor' | 'ceil' | 'round' | 'sqrt' | 'rsqrt' | 'exp' | 'expm1' | 'log' | 'log1p'
  | 'sin' | 'cos' | 'tan' | 'asin' | 'acos' | 'atan' | 'sinh' | 'cosh' | 'tanh' | 'asinh' | 'acosh' | 'atanh'
  | 'erf' | 'erfc' | 'gaussian' | 'normalCdf' | 'normalPdf' | 'logistic' | 'sech'
  | 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'pow' | 'atan2' | 'hypot' | 'max' | 'min' | 'idiv' | 'mod'
  | 'lt' | 'le' | 'eq' | 'ne' | 'and' | 'or' | 'not' | 'select' | 'toReal' | 'toInt'
export type Monoid = 'add' | 'mul' | 'max' | 'min'
export type Range = readonly [number, number]

interface Common { readonly dtype: DType; readonly range?: Range }
interface Tagged<T extends string> extends Common { readonly _tag: T }
export interface Num    extends Tagged<'Num'>    { readonly value: number }
export interface Index  extends Tagged<'Index'>  { readonly size: number }
export interface Load   extends Tagged<'Load'>   { readonly source: number; readonly at: At }
export interface Call   extends Tagged<'Call'>   { readonly fn: Fn; readonly args: readonly Scalar[] }
export interface Reduce extends Tagged<'Reduce'> { readonly by: Monoid; readonly index: Index; readonly body: Scalar }
export type Scalar = Num | Index | Load | Call | Reduce
/** The indices of an element. */
export type At = readonly Scalar[]

const truth: ReadonlySet<Fn> = new Set<Fn>(['lt', 'le', 'eq', 'ne', 'and', 'or', 'not'])
const resultOf = (f: Fn, args: readonly Scalar[]): DType =>
  truth.has(f) ? 'bool'
  : f === 'toReal' ? 'real'
  : f === 'toInt' ? 'int'
  : (args[f === 'select' ? 1 : 0]?.dtype ?? 'real')

export const num = (value: number, dtype: DType = 'real'): Scalar =>
  ({ _tag: 'Num', dtype, value, range: [value, value] })
export const index = (size: number): Index =>
  ({ _tag: 'Index', dtype: 'int', size, range: [0, Math.max(0, size - 1)] })
export const fn = (f: Fn, ...args: readonly Scalar[]): Scalar =>
  ({ _tag: 'Call', dtype: resultOf(f, args), fn: f, args })
export const load = (source: number, at: At, dtype: DType): Scalar => ({ _tag: 'Load', dtype, source, at })

/** reduce('add', [3, 4], ([j, k]) => body): one loop per size, the first outermost. */
export const reduce = (by: Monoid, sizes: Shape, body: (k: At) => Scalar): Scalar => {
  const ks = sizes.map(index)
  return ks.reduceRight<Scalar>((b, k) => ({ _tag: 'Reduce', dtype: b.dtype, by, index: k, body: b }), body(ks))
}

/** The scalars that a scalar is built of; the index of a loop is not one. */
export const childrenOf = (s: Scalar): readonly Scalar[] => {
  switch (s._tag) {
    case 'Num':
    case 'Index':  return []
    case 'Load':   return s.at
    case 'Call':   return s.args
    case 'Reduce': return [s.body]
  }
}
