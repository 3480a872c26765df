/**
 * What an operation means: a kernel, or one of a small closed set of forms over closed programs that every back end
 * implements. A kernel reads its arguments through Sources. The source of a buffer loads an element; that of a fused
 * operation computes it. So fusion is substitution, and no operation needs code for it.
 */
import type { Closed } from '../syntax/closed.ts'
import type { Type } from '../syntax/shape.ts'
import { type At, load, type Monoid, type Scalar } from './scalar.ts'

export interface Source {
  readonly type: Type
  readonly at: (i: At) => Scalar
}
export interface Kernel { readonly _tag: 'Kernel'; readonly at: (i: At) => Scalar }
/** Numbers that the program contains. */
interface Data { readonly _tag: 'Data'; readonly values: readonly number[] }
/** body: (carries, rows, constants) -> (carries, ys); outputs: last carries, ys, every step's incoming carries. */
export interface Loop {
  readonly _tag: 'Loop'
  readonly length: number
  readonly reverse: boolean
  readonly carries: number
  readonly rows: number
  readonly body: Closed
}
/**
 * While test(carries, constants) is true, the carries become body(carries, constants). Where the test still holds after
 * `limit` steps, the run fails; the error has the loop's name.
 */
export interface While {
  readonly _tag: 'While'
  readonly test: Closed
  readonly body: Closed
  readonly carries: number
  readonly limit?: number
  readonly name: string
}
/** The first body if the first argument is true, else the second. */
interface Branch { readonly _tag: 'Branch'; readonly bodies: readonly [Closed, Closed] }
/** The body, applied to the arguments; linear in those at `linearIn`, where the body does not show it. */
interface Inline { readonly _tag: 'Inline'; readonly body: Closed; readonly linearIn?: readonly number[] }
/** The permutation that sorts an array along its last axis: stable, NaN last. */
interface Sort { readonly _tag: 'Sort'; readonly descending: boolean }
/**
 * Rows joined at places that are data: rows [B.., J.., R..], places [B.., J..] -> [B.., size, R..], where B has `batch`
 * axes. An element joins the unit and the rows of its place, in their order. A place outside means the nearest end.
 */
export interface Scatter {
  readonly _tag: 'Scatter'
  readonly by: Monoid
  readonly batch: number
  readonly size: number
}
export type Meaning = Kernel | Data | Loop | While | Branch | Inline | Sort | Scatter

export const kernel = (at: (i: At) => Scalar): Meaning => ({ _tag: 'Kernel', at })
/** One source per buffer, numbered in order. */
export const buffers = (types: readonly Type[]): readonly Source[] =>
  types.map((type, source) => ({ type, at: (i) => load(source, i, type.dtype) }))
