/** Products of many matrices, in the cheapest order. */
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import type { Gradual, Matmul } from '../types/index.ts'
import { derived, sizeAt } from './derived.ts'
import { multiply } from './product.ts'

type Chain<X extends readonly Expr[]> = X extends readonly [Expr<infer A, 'real'>, ...infer R extends readonly Expr[]]
  ? R extends readonly []
    ? A
    : R extends readonly [Expr<infer B, 'real'>, ...infer Q extends readonly Expr[]]
      ? Chain<readonly [Expr<Matmul<A, B>, 'real'>, ...Q]>
      : Gradual
  : Gradual
/** Where to split the factors i to j, so that their product costs the least. Factor k is sizes[k] x sizes[k + 1]. */
const cheapest = (sizes: readonly number[]): ((from: number, to: number) => number) => {
  const costs = new Map<string, { readonly cost: number; readonly at: number }>()
  const best = (i: number, j: number): { readonly cost: number; readonly at: number } => {
    const known = costs.get(`${i} ${j}`)
    if (known !== undefined) return known
    const all = Array.from({ length: j - i }, (_, d) => {
      const k = i + d
      const product = nth(sizes, i) * nth(sizes, k + 1) * nth(sizes, j + 1)
      return { cost: best(i, k).cost + best(k + 1, j).cost + product, at: k }
    })
    const found = all.reduce((a, b) => (b.cost < a.cost ? b : a), i === j ? { cost: 0, at: i } : nth(all, 0))
    costs.set(`${i} ${j}`, found)
    return found
  }
  return (i, j) => best(i, j).at
}
/**
 * The product of a list of matrices, in the order that costs the fewest multiplications. The first may be a row and the
 * last a column, as vectors.
 *
 * Shape:   [a, b], [b, c], ..., [y, z] -> [a, z]
 * Law:     multiDot([x, y, z]) = matmul(x, matmul(y, z))
 * Errors:  as matmul; RankMismatch for more axes
 */
export const multiDot = operation(
  'multiDot(arrays)',
  <const X extends readonly [Expr, ...Expr[]]>(xs: X): Expr<Chain<X>, 'real'> => {
    const all: readonly Expr[] = xs
    const last = all.length - 1
    const other = all.find((e, k) => rankOf(e) !== 2 && !(rankOf(e) === 1 && (k === 0 || k === last)))
    const problem: Problem | undefined = other && { _tag: 'RankMismatch', expected: 2, shape: shapeOf(other) }
    return derived('multiDot', all, problem, () => {
      const first = nth(all, 0)
      const rows = all.map((e, k) => (k === 0 && rankOf(e) === 1 ? 1 : sizeAt(e, 0)))
      const split = cheapest([...rows, rankOf(nth(all, last)) === 1 ? 1 : sizeAt(nth(all, last), -1)])
      const join = (i: number, j: number): Expr => {
        const k = split(i, j)
        return i === j ? nth(all, i) : multiply(join(i, k), join(k + 1, j))
      }
      return last === 0 ? first : join(0, last)
    })
  },
)
