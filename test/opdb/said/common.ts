/** What sayings share. */
import { type Expr, norm, reshape, toReal } from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'

export type Sayings = Readonly<Record<string, Saying>>
export type Operand = Expr | number

export const shape = (x: Expr): readonly number[] => x.type.shape
export const rank = (x: Expr): number => shape(x).length
export const size = (x: Expr): number => shape(x).reduce((n, m) => n * m, 1)
/** An axis counted from the front. */
export const axis = (x: Expr, d: number): number => (d < 0 ? d + rank(x) : d)
export const length = (x: Expr, d: number): number => shape(x)[axis(x, d)] ?? 1
export const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
export const axesOf = (x: Expr): readonly number[] => range(rank(x))
export const flat = (x: Expr): Expr => reshape([size(x)])(x)

export const unary =
  (f: (x: Expr) => Expr): Saying =>
  (c) =>
    f(c.x)
export const binary =
  (f: (x: Operand, y: Operand) => Expr): Saying =>
  (c) =>
    f(c.operand(0, 'input'), c.operand(1, 'other'))

/** A reduction over `dim`, all axes by default, that may keep them as axes of length 1. */
export const reduced =
  (f: (axes: readonly number[]) => (x: Expr) => Expr, k = 1) =>
  (c: Call, x: Expr = c.x): Expr => {
    const dims = c.any(k, 'dim')
    const given = dims === undefined ? axesOf(x) : c.numbers(k, 'dim').map((d) => axis(x, d))
    const axes = given.length === 0 ? axesOf(x) : given.filter((d) => d < rank(x))
    return keeping(c.flag(k + 1, 'keepdim'), axes, x)(f(axes)(x))
  }
/** The shape of x with these axes of length 1, or without them. */
export const keeping = (keep: boolean, axes: readonly number[], x: Expr): ((y: Expr) => Expr) =>
  keep ? reshape(shape(x).map((n, d) => (axes.includes(d) ? 1 : n))) : (y) => y
export const real = (x: Operand): Operand => (typeof x === 'number' ? x : toReal(x))

/** The norm of order p along axes. */
export const pNorm =
  (axes: readonly number[], p: number, keep = false) =>
  (x: Expr): Expr =>
    norm(axes, { p, keep })(x)
