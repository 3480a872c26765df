/** Taylor mode: derivatives of higher order along a curve, without derivatives of derivatives. */
import * as E from 'fp-ts/lib/Either.js'
import { spread, zero } from '../../lang/primitives/structuralZeros.ts'
import { distinct, inTypes } from '../../lang/syntax/closed.ts'
import { orThrow, sizeProblem } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, refill, type Tangent, tangentOf } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { FitsSize } from '../../lang/types/index.ts'
import { realMarks } from './jvp.ts'
import { seriesOf } from './series.ts'

/** A tuple of N trees. */
type Times<N extends number, T, Found extends readonly unknown[] = readonly []> = number extends N
  ? readonly T[]
  : `${N}` extends `-${string}` | `${string}.${string}`
    ? readonly T[]
    : Found['length'] extends N
      ? Found
      : Times<N, T, readonly [...Found, T]>

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k + 1)
/** The coefficients of the outputs, as trees, from trees of coefficients of the inputs. */
const expanded = (p: UntypedProgram, x: unknown, directions: readonly unknown[], order: number): readonly unknown[] => {
  const [marks, reals] = [realMarks(p.in), realMarks(p.out)]
  const curves = directions.map((d) => spread(marks, exprLeaves(d)))
  const inputs = exprLeaves(x).map((value, i) => [value, ...curves.map((c) => c[i])])
  const outs = seriesOf(p.closed, inputs, order)
  const tree = (k: number): unknown =>
    refill(
      p.out,
      outs.map((s, i): Expr | undefined => (k === 0 || reals[i] ? (s.coefficient(k) ?? zero(s.type)) : undefined)),
    )
  return [0, ...upTo(order)].map(tree)
}
/** The program of (x, directions), where the directions are a tree like the tangents' or a list of such trees. */
const made = (
  op: string,
  p: UntypedProgram,
  order: number,
  count: number,
  form: (trees: readonly unknown[]) => unknown,
  f: (x: unknown, directions: unknown) => unknown,
): UntypedProgram => {
  const problem = sizeProblem('the order', order)
  if (problem !== undefined) orThrow(E.left([{ problem, op, types: inTypes(p.closed), site: callSite() }]))
  const marks = realMarks(p.in)
  const moved = p.closed.inputs.filter((_, i) => marks[i])
  const names = upTo(count).flatMap((k) =>
    moved.map(({ name, type }) => ({ name: count === 1 ? `d${name}` : `d${k}${name}`, type })),
  )
  const inputs = distinct([...p.closed.inputs, ...names])
  return orThrow(
    makeNamed([p.in, form(upTo(count).map(() => tangentOf(p.in)))], inputs, (handles) => {
      const [x, directions] = handles as readonly [unknown, unknown]
      return f(x, directions)
    }),
  )
}

/**
 * The program on a curve x + x1 t + x2 t^2 + .. + xk t^k, given by its Taylor coefficients: those of the result,
 * y + y1 t + .. + yk t^k. A coefficient is a derivative divided by a factorial: the m-th derivative is m! ym.
 *
 * Shape:   [x, [x1, .., xk]] -> [y, [y1, .., yk]], each like the tangents
 * Law:     jet(1)(f) = jvp(f); y2, y3, .. = repeated jvp, divided by factorials
 * Cost:    O(k^2) products per elementwise operation, where k times jvp costs 2^k; a function whose derivatives never come
 *          back to itself, such as a power, costs O(k^3)
 * Source:  Griewank and Walther, Evaluating Derivatives (2008), chapter 13
 * Errors:  thrown: NotASize
 *
 * @example
 * const f = programOrThrow(real(), (x) => exp(x))
 * evaluate(jet(3)(f).closed, [0, 1, 0, 0].map((c) => Float64Array.of(c))).map((y) => y[0]) // => [1, 1, 0.5, 1 / 6]
 */
export const jet = ofProgram(
  'jet(order)(f: program)',
  <const N extends number>(order: N & FitsSize<N>) =>
    <In, Out>(
      p: Program<In, Out>,
    ): Program<readonly [In, Times<N, Tangent<In>>], readonly [Out, Times<N, Tangent<Out>>]> =>
      typed(
        made(
          'jet',
          p,
          order,
          order,
          (trees) => trees,
          (x, directions) => {
            const [y, ...ys] = expanded(p, x, directions as readonly unknown[], order)
            return [y, ys]
          },
        ),
      ),
)
/**
 * The Taylor coefficients of f(x + t v) in t, up to t^n.
 *
 * Shape:   [x, v] -> [f(x), y1, .., yn], each yk like the tangents of the output: the k-th derivative along v, over k!
 * Law:     taylor(n)(f)(x, v) = jet(n)(f)(x, [v, 0, .., 0]), without the work on the zeros
 * Cost:    as jet's
 * Errors:  thrown: NotASize
 *
 * @example
 * const f = programOrThrow(real(), (x) => sin(x))
 * evaluate(taylor(3)(f).closed, [Float64Array.of(0), Float64Array.of(1)]).map((y) => y[0]) // => [0, 1, 0, -1 / 6]
 */
export const taylor = ofProgram(
  'taylor(order)(f: program)',
  <const N extends number>(order: N & FitsSize<N>) =>
    <In, Out>(p: Program<In, Out>): Program<readonly [In, Tangent<In>], readonly [Out, ...Times<N, Tangent<Out>>]> =>
      typed(
        made(
          'taylor',
          p,
          order,
          1,
          ([tree]) => tree,
          (x, v) => expanded(p, x, [v], order),
        ),
      ),
)
