/**
 * Einstein summation: 'ij,jk->ik'. A letter is an axis; letters that the output does not name are summed. Operands are
 * joined from left to right, each join one contraction; what nobody else needs is summed before.
 *
 *   equation ::= letters , ... , letters -> letters          one letter per axis; blanks do not count
 */

import { sum } from '../primitives/broadcast.ts'
import { permute } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { axesOf, type DType, type Shape } from '../syntax/shape.ts'
import type { Einsum, FitsEinsum } from '../types/index.ts'
import { derived } from './derived.ts'
import { diagonal } from './diagonal.ts'
import { type Lettered, product } from './product.ts'

interface Equation {
  readonly words: readonly string[]
  readonly out: string
}
const parse = (equation: string): Equation | undefined => {
  const [, left, out] = /^([a-zA-Z,]*)->([a-zA-Z]*)$/.exec(equation.replaceAll(' ', '')) ?? []
  return left === undefined || out === undefined ? undefined : { words: left.split(','), out }
}
const distinct = (letters: string): string => [...new Set(letters)].join('')
const malformed = (what: string): Problem => ({ _tag: 'Malformed', what })

/** The first two places where one letter has two sizes. */
const clash = (words: readonly string[], operands: readonly Expr[]): Problem | undefined => {
  const places = words.flatMap((w, k) =>
    [...w].map((letter, d) => ({ letter, n: shapeOf(operands[k] as Expr)[d] as number, k })),
  )
  for (const p of places) {
    const q = places.find(({ letter, n }) => letter === p.letter && n !== p.n)
    if (q !== undefined)
      return {
        _tag: 'AxisSizes',
        axis: p.letter,
        sizes: [p.n, q.n],
        shapes: [shapeOf(operands[p.k] as Expr), shapeOf(operands[q.k] as Expr)],
      }
  }
  return undefined
}
const problemOf = (equation: string, parsed: Equation | undefined, operands: readonly Expr[]): Problem | undefined => {
  if (parsed === undefined) return malformed(`'${equation}' is not an equation such as ij,jk->ik`)
  const { words, out } = parsed
  if (words.length !== operands.length)
    return malformed(`'${equation}' needs ${words.length} operands, not ${operands.length}`)
  const k = words.findIndex((w, i) => w.length !== rankOf(operands[i] as Expr))
  if (k >= 0)
    return { _tag: 'RankMismatch', expected: (words[k] as string).length, shape: shapeOf(operands[k] as Expr) }
  const unknown = [...out].find((l) => !words.join('').includes(l))
  if (unknown !== undefined) return malformed(`'${equation}' names ${unknown} in the output only`)
  return distinct(out) === out ? clash(words, operands) : malformed(`'${equation}' names a letter twice in the output`)
}

/** Repeated letters become one, by the diagonal. */
const undouble = ([w, x]: Lettered): Lettered => {
  const j = [...w].findIndex((l, d) => w.indexOf(l) < d)
  if (j < 0) return [w, x]
  const i = w.indexOf(w[j] as string)
  const rest = axesOf(w.length).filter((d) => d !== i && d !== j)
  return undouble([rest.map((d) => w[d]).join('') + w[i], diagonal(permute([...rest, i, j])(x))])
}
/** Letters that nobody needs are summed. */
const alone = ([w, x]: Lettered, needed: string): Lettered => {
  const axes = axesOf(w.length).filter((d) => !needed.includes(w[d] as string))
  return axes.length === 0 ? [w, x] : [[...w].filter((l) => needed.includes(l)).join(''), sum(axes)(x)]
}
const join = (a: Lettered, b: Lettered, needed: string, last: boolean): Lettered => {
  const x = alone(a, needed + b[0])
  const y = alone(b, needed + a[0])
  const out = last ? needed : [...distinct(x[0] + y[0])].filter((l) => needed.includes(l)).join('')
  return [out, product(x, y, out)]
}
const build = ({ words, out }: Equation, operands: readonly Expr[]): Expr => {
  const [first, ...rest] = operands.map((x, k) => undouble([words[k] as string, x])) as [Lettered, ...Lettered[]]
  if (rest.length === 0) {
    const [w, x] = alone(first, out)
    return w === out ? x : permute([...out].map((l) => w.indexOf(l)))(x)
  }
  const neededAfter = (k: number): string => distinct(out + words.slice(k + 2).join(''))
  return rest.reduce<Lettered>((a, b, k) => join(a, b, neededAfter(k), k === rest.length - 1), first)[1]
}

type ShapesOf<X> = { readonly [K in keyof X]: X[K] extends Expr<infer S, DType> ? S : never }
/** The problem, if any, is the last operand's. */
type Checked<E extends string, X extends readonly Expr[]> = X extends readonly [
  ...infer Before extends readonly Expr[],
  infer Last,
]
  ? readonly [...Before, Last & FitsEinsum<E, ShapesOf<X>>]
  : X
type Sum<E extends string, X> = Einsum<E, ShapesOf<X> extends infer S extends readonly Shape[] ? S : never>
/**
 * The sum of products that an equation states.
 *
 * Shape:   every letter has one size; the output has the sizes of its letters
 * Errors:  Malformed, RankMismatch, AxisSizes, ElementType
 *
 * @example
 * einsum('bij,bjk->bik')(x, y)
 */
export const einsum =
  <const E extends string>(equation: E) =>
  <const X extends readonly Expr[]>(...operands: X & Checked<E, X>): Expr<Sum<E, X>, 'real'> => {
    const xs: readonly Expr[] = operands
    const parsed = parse(equation)
    return derived('einsum', xs, problemOf(equation, parsed, xs), () => build(parsed as Equation, xs))
  }
