/**
 * Einstein summation: 'ij,jk->ik'. A letter is an axis; letters that the output does not name are summed. Operands are
 * contracted from left to right, two at a time. A letter of one operand alone is summed before its contraction.
 *
 *   equation ::= letters , ... , letters [-> letters]        one letter per axis; blanks are ignored
 *
 * Three dots among the letters name all other axes; they become letters of their own before anything else is done.
 */

import { sum } from '../primitives/broadcast.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import { counted, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type DType, type Shape } from '../syntax/shape.ts'
import type { Einsum, FitsEinsum } from '../types/index.ts'
import { derived, sizeAt } from './derived.ts'
import { diagEmbed, diagonal } from './diagonal.ts'
import { type Lettered, lettersFrom, product } from './product.ts'

interface Equation {
  readonly words: readonly string[]
  readonly out: string
}
const dots = '…'
const distinct = (letters: string): string => [...new Set(letters)].join('')
const parse = (equation: string): Equation | undefined => {
  const found = /^([a-zA-Z,…]*)(?:->([a-zA-Z…]*))?$/.exec(equation.replaceAll(' ', '').replaceAll('...', dots))
  const [, left, out] = found ?? []
  if (left === undefined) return undefined
  const words = left.split(',')
  if ([...words, out ?? ''].some((w) => w.split(dots).length > 2)) return undefined
  return { words, out: out ?? implicit(left) }
}
/** Without an output: the axes of the dots, and the letters that occur once, in alphabetical order. */
const implicit = (left: string): string => {
  const once = [...distinct(left)].filter((l) => l !== ',' && l !== dots && left.split(l).length === 2)
  return (left.includes(dots) ? dots : '') + once.sort().join('')
}
/** The equation with letters for the dots, aligned at the right; Greek ones, which no equation has. */
const spelled = ({ words, out }: Equation, operands: readonly Expr[]): Equation => {
  const hidden = words.map((w, k) => (w.includes(dots) ? rankOf(nth(operands, k)) - (w.length - 1) : 0))
  const all = lettersFrom('α', Math.max(0, ...hidden))
  const own = (k: number): string => all.slice(all.length - nth(hidden, k))
  return { words: words.map((w, k) => w.replace(dots, own(k))), out: out.replace(dots, all) }
}
const malformed = (what: string): Problem => ({ _tag: 'Malformed', what })

/** Each operand with its letters. */
const letteredBy = ({ words }: Equation, operands: readonly Expr[]): readonly Lettered[] =>
  operands.map((x, k) => [words[k] ?? '', x])

/** The size of each letter: the one that is not 1, if there is one. */
const sizesOf = (operands: readonly Lettered[]): ReadonlyMap<string, number> =>
  operands
    .flatMap(([letters, x]) => [...letters].map((l, d): readonly [string, number] => [l, sizeAt(x, d)]))
    .reduce((sizes, [l, n]) => (n === 1 && sizes.has(l) ? sizes : sizes.set(l, n)), new Map<string, number>())
/** The first letter that has two sizes. In different operands size 1 stretches. */
const clash = (operands: readonly Lettered[]): Problem | undefined => {
  const axes = operands.flatMap(([letters, x]) => [...letters].map((letter, d) => ({ letter, n: sizeAt(x, d), x })))
  for (const a of axes) {
    const b = axes.find(({ letter, n, x }) => letter === a.letter && n !== a.n && (x === a.x || (n !== 1 && a.n !== 1)))
    if (b !== undefined)
      return { _tag: 'AxisSizes', axis: a.letter, sizes: [a.n, b.n], shapes: [shapeOf(a.x), shapeOf(b.x)] }
  }
  return undefined
}
const problemOf = (equation: string, parsed: Equation | undefined, operands: readonly Expr[]): Problem | undefined => {
  if (parsed === undefined) return malformed(`'${equation}' is not an equation such as ij,jk->ik or ...ij,...jk`)
  const { words, out } = parsed
  if (words.length !== operands.length)
    return malformed(`'${equation}' needs ${counted(words.length, 'operand')}, not ${operands.length}`)
  const misfit = letteredBy(parsed, operands).find(([w, x]) =>
    w.includes(dots) ? w.length - 1 > rankOf(x) : w.length !== rankOf(x),
  )
  if (misfit !== undefined)
    return { _tag: 'RankMismatch', expected: misfit[0].replace(dots, '').length, shape: shapeOf(misfit[1]) }
  const unknown = [...out].find((l) => l !== dots && !words.join('').includes(l))
  if (unknown !== undefined) return malformed(`'${equation}' names ${unknown} in the output only`)
  return clash(letteredBy(spelled(parsed, operands), operands))
}

/** A letter that an operand repeats becomes one axis, the diagonal. */
const undouble = ([w, x]: Lettered): Lettered => {
  const j = [...w].findIndex((l, d) => w.indexOf(l) < d)
  if (j < 0) return [w, x]
  const i = w.indexOf(w.charAt(j))
  const rest = axesOf(w.length).filter((d) => d !== i && d !== j)
  return undouble([rest.map((d) => w[d]).join('') + w[i], diagonal(permute([...rest, i, j])(x))])
}
/** A letter that the output repeats: what is not on its diagonal is 0. */
const doubled = ([w, x]: Lettered, out: string): Expr => {
  const l = [...out].find((m) => w.split(m).length < out.split(m).length)
  if (l === undefined) {
    const seen = (d: number): number => [...out.slice(0, d)].filter((m) => m === out[d]).length
    const places = (m: string): readonly number[] => axesOf(w.length).filter((d) => w[d] === m)
    return permute([...out].map((m, d) => nth(places(m), seen(d))))(x)
  }
  const i = w.indexOf(l)
  const rest = axesOf(w.length).filter((d) => d !== i)
  return doubled([rest.map((d) => w[d]).join('') + l + l, diagEmbed(permute([...rest, i])(x))], out)
}
/** An axis of size 1 that stretches has no letter. */
const unstretched = ([w, x]: Lettered, sizes: ReadonlyMap<string, number>): Lettered => {
  const kept = axesOf(w.length).filter((d) => sizeAt(x, d) === sizes.get(w.charAt(d)))
  return kept.length === w.length ? [w, x] : [kept.map((d) => w[d]).join(''), reshape(kept.map((d) => sizeAt(x, d)))(x)]
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
const contracted = (operands: readonly Lettered[], out: string): Lettered => {
  // `split` gives at least one word
  const [first, ...rest] = operands as readonly [Lettered, ...Lettered[]]
  if (rest.length === 0) return summed(first, out)
  const neededAfter = (k: number): string =>
    distinct(
      out +
        rest
          .slice(k + 1)
          .map(([w]) => w)
          .join(''),
    )
  return rest.reduce<Lettered>((a, b, k) => join(a, b, neededAfter(k), k === rest.length - 1), first)
}
const build = (equation: Equation, operands: readonly Expr[]): Expr => {
  const { out } = equation
  const lettered = letteredBy(equation, operands)
  const sizes = sizesOf(lettered)
  const [w, x] = contracted(
    lettered.map((a) => unstretched(undouble(a), sizes)),
    distinct(out),
  )
  return w === out ? x : doubled([w, x], out)
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
 * The sum of products that an equation states. A letter that one operand repeats means its diagonal; one that the output
 * repeats means a diagonal too, with 0 beside it. Three dots mean all axes that have no letter. Without an arrow the output
 * has the axes of the dots, and the letters that occur once, in alphabetical order.
 *
 * Shape:   every letter has one size, or 1, which stretches; the output has the sizes of its letters
 * Errors:  Malformed, RankMismatch, AxisSizes, ElementType
 *
 * @example
 * const f = programOrThrow([real(5, 2, 3), real(5, 3, 4)], ([x, y]) => einsum('bij,bjk->bik')(x, y))
 * f.out.shape // => [5, 2, 4]
 *
 * @example
 * const f = programOrThrow([real(5, 1, 2, 3), real(6, 3, 4)], ([x, y]) => einsum('...ij,...jk')(x, y))
 * f.out.shape // => [5, 6, 2, 4]
 */
export const einsum = operation(
  'einsum(equation)(operands...)',
  <const E extends string>(equation: E) =>
    <const X extends readonly Expr[]>(...operands: X & Checked<E, X>): Expr<Sum<E, X>, 'real'> => {
      const xs: readonly Expr[] = operands
      const parsed = parse(equation)
      // where it is undefined there is a problem
      return derived('einsum', xs, problemOf(equation, parsed, xs), () => build(spelled(parsed as Equation, xs), xs))
    },
)
