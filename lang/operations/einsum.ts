/**
 * Einstein summation: 'ij,jk->ik'. A letter is an axis; letters that the output does not name are summed. Operands are
 * contracted from left to right, two at a time. A letter of one operand alone is summed before its contraction.
 *
 *   equation ::= letters , ... , letters -> letters          one letter per axis; blanks are ignored
 */

import { sum } from '../primitives/broadcast.ts'
import { permute } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type DType, type Shape } from '../syntax/shape.ts'
import type { Einsum, FitsEinsum } from '../types/index.ts'
import { derived, sizeAt } from './derived.ts'
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

/** Each operand with its letters. */
const letteredBy = ({ words }: Equation, operands: readonly Expr[]): readonly Lettered[] =>
  operands.map((x, k) => [words[k] ?? '', x])

/** The first letter that has two sizes. */
const clash = (operands: readonly Lettered[]): Problem | undefined => {
  const axes = operands.flatMap(([letters, x]) => [...letters].map((letter, d) => ({ letter, n: sizeAt(x, d), x })))
  for (const a of axes) {
    const b = axes.find(({ letter, n }) => letter === a.letter && n !== a.n)
    if (b !== undefined)
      return { _tag: 'AxisSizes', axis: a.letter, sizes: [a.n, b.n], shapes: [shapeOf(a.x), shapeOf(b.x)] }
  }
  return undefined
}
const problemOf = (equation: string, parsed: Equation | undefined, operands: readonly Expr[]): Problem | undefined => {
  if (parsed === undefined) return malformed(`'${equation}' is not an equation such as ij,jk->ik`)
  const { words, out } = parsed
  if (words.length !== operands.length)
    return malformed(`'${equation}' needs ${words.length} operands, not ${operands.length}`)
  const lettered = letteredBy(parsed, operands)
  const [misfit] = lettered.filter(([letters, x]) => letters.length !== rankOf(x))
  if (misfit !== undefined) return { _tag: 'RankMismatch', expected: misfit[0].length, shape: shapeOf(misfit[1]) }
  const unknown = [...out].find((l) => !words.join('').includes(l))
  if (unknown !== undefined) return malformed(`'${equation}' names ${unknown} in the output only`)
  return distinct(out) === out ? clash(lettered) : malformed(`'${equation}' names a letter twice in the output`)
}

/** A letter that an operand repeats becomes one axis, the diagonal. */
const undouble = ([w, x]: Lettered): Lettered => {
  const j = [...w].findIndex((l, d) => w.indexOf(l) < d)
  if (j < 0) return [w, x]
  const i = w.indexOf(w.charAt(j))
  const rest = axesOf(w.length).filter((d) => d !== i && d !== j)
  return undouble([rest.map((d) => w[d]).join('') + w[i], diagonal(permute([...rest, i, j])(x))])
}
/** Sums the letters that neither the output nor another operand has. */
const summed = ([w, x]: Lettered, needed: string): Lettered => {
  const axes = axesOf(w.length).filter((d) => !needed.includes(w.charAt(d)))
  return axes.length === 0 ? [w, x] : [[...w].filter((l) => needed.includes(l)).join(''), sum(axes)(x)]
}
const join = (a: Lettered, b: Lettered, needed: string, last: boolean): Lettered => {
  const x = summed(a, needed + b[0])
  const y = summed(b, needed + a[0])
  const out = last ? needed : [...distinct(x[0] + y[0])].filter((l) => needed.includes(l)).join('')
  return [out, product(x, y, out)]
}
const build = (equation: Equation, operands: readonly Expr[]): Expr => {
  const { words, out } = equation
  // `split` gives at least one word
  const [first, ...rest] = letteredBy(equation, operands).map(undouble) as [Lettered, ...Lettered[]]
  if (rest.length === 0) {
    const [w, x] = summed(first, out)
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
 * The sum of products that an equation states. A letter that one operand repeats means its diagonal.
 *
 * Shape:   every letter has one size; the output has the sizes of its letters
 * Errors:  Malformed, RankMismatch, AxisSizes, ElementType
 *
 * @example
 * const f = programOrThrow([real(5, 2, 3), real(5, 3, 4)], ([x, y]) => einsum('bij,bjk->bik')(x, y))
 * f.out.shape // => [5, 2, 4]
 */
export const einsum = operation(
  'einsum(equation)(operands...)',
  <const E extends string>(equation: E) =>
    <const X extends readonly Expr[]>(...operands: X & Checked<E, X>): Expr<Sum<E, X>, 'real'> => {
      const xs: readonly Expr[] = operands
      const parsed = parse(equation)
      // where it is undefined there is a problem
      return derived('einsum', xs, problemOf(equation, parsed, xs), () => build(parsed as Equation, xs))
    },
)
