/** The Kronecker product. */
import { reshape } from '../primitives/reindex.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Gradual, Mul } from '../types/index.ts'
import { derived, notReal } from './derived.ts'
import { lettersFrom, product } from './product.ts'

type Kron<A extends Shape, B extends Shape> = [number] extends [A['length'] | B['length']]
  ? Gradual
  : A extends readonly [...infer F extends Shape, infer N extends number]
    ? B extends readonly [...infer G extends Shape, infer M extends number]
      ? readonly [...Kron<F, G>, number extends N | M ? number : Mul<N, M>]
      : A
    : B
/**
 * The Kronecker product: every element of x times the whole of y, as blocks. The shape with fewer axes gets axes of size 1
 * in front.
 *
 * Shape:   [m, n], [p, q] -> [m p, n q]
 * Law:     matmul(kron(a, b), kron(c, d)) = kron(matmul(a, c), matmul(b, d))
 * Errors:  ElementType
 *
 * @example
 * const f = programOrThrow([real(2), real(2)], ([x, y]) => kron(x, y))
 * evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]) // => [[3, 4, 6, 8]]
 */
export const kron = operation(
  'kron(x, y)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Kron<A, B>, 'real'> => {
    const args: readonly [Expr, Expr] = [x, y]
    return derived('kron', args, notReal(...args), () => {
      const rank = Math.max(rankOf(x), rankOf(y))
      const [a, b] = args.map((e) => reshape([...Array.from({ length: rank - rankOf(e) }, () => 1), ...shapeOf(e)])(e))
      const [left, right] = [lettersFrom('a', rank), lettersFrom(String.fromCharCode(97 + rank), rank)]
      const pairs = [...left].map((l, d) => l + right[d]).join('')
      const [m, n] = [shapeOf(a as Expr), shapeOf(b as Expr)]
      return reshape(m.map((k, d) => k * nth(n, d)))(product([left, a as Expr], [right, b as Expr], pairs))
    })
  },
)
