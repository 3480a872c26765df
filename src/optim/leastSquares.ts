/**
 * Least squares: Gauss-Newton and Levenberg-Marquardt. A program gives the residuals, and its Jacobian comes from forward
 * mode, one column for each parameter.
 */

import { swapAxes } from '../../lang/operations/arranging.ts'
import { diagEmbed, diagonal } from '../../lang/operations/diagonal.ts'
import { cholesky, choleskySolve } from '../../lang/operations/linalg.ts'
import { dot, matmul } from '../../lang/operations/product.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { iota, like } from '../../lang/primitives/constant.ts'
import { add, div, eq, lt, max, mul, neg, select, toReal } from '../../lang/primitives/elementwise.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import { boxAlong, slice } from '../../lang/primitives/window.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { type Program, untypedProgram } from '../../lang/syntax/program.ts'
import { isReal, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, exprLeaves, type Handles, refill, tangentOf, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { apply } from '../transform/apply.ts'
import { jvp } from '../transform/jvp.ts'
import { vmap } from '../transform/vmap.ts'
import type { Scalar } from './optimizer.ts'
import { notNegative, outOfRange, positive } from './refuse.ts'
import { countOf, spoilt, vectorOf, withVector } from './vector.ts'

export interface MarquardtOptions {
  /** The first damping; 0.01 by default. */
  readonly damping?: number
  /** The damping is divided by this after a step that decreases the squares; 3 by default. */
  readonly ease?: number
  /** The damping is multiplied by this after a step that does not, which is not taken; 2 by default. */
  readonly tighten?: number
}
/** The types of the state: the damping, and half of the sum of squares before the last step. */
export type MarquardtState = { readonly damping: Type<readonly [], 'real'>; readonly loss: Type<readonly [], 'real'> }
export interface LeastSquares {
  readonly types: MarquardtState
  readonly start: Arrays<MarquardtState>
  /** The next parameters and state, from the residuals, the parameters, the data and the state. */
  readonly update: <P, D, R>(
    residuals: Program<readonly [P, D], R>,
    params: Handles<P>,
    data: Handles<D>,
    state: Handles<MarquardtState>,
  ) => readonly [Handles<P>, Handles<MarquardtState>]
}
type Residuals = Program<readonly [unknown, unknown], unknown>
type Linear = Program<readonly [unknown, unknown, unknown], unknown>

/** The residuals as a vector, with those of all trees of outputs. */
const residualVector = (out: unknown): Expr => {
  const flat = exprLeaves(out).map((x): Expr => reshape([sizeOf(shapeOf(x))])(x))
  return flat.length === 1 ? (flat[0] as Expr) : concat(0)(flat as unknown as readonly [Expr, ...Expr[]])
}
/** (params, data, a direction of the parameters) -> the derivative of the residuals along it. */
const along = (p: Residuals): Linear => {
  const types = [...p.in, tangentOf(p.in[0])]
  const direction = ([x, d, dx]: readonly [unknown, unknown, unknown]): unknown => {
    const still = refill(
      tangentOf(p.in[1]),
      exprLeaves(d)
        .filter((e) => isReal(e.type))
        .map((e) => like(e, 0)),
    )
    const pair = typed<readonly [unknown, unknown]>(
      apply(jvp(p))([
        [x, d],
        [dx, still],
      ] as never),
    )
    return residualVector(pair[1])
  }
  return typed(orThrow(untypedProgram(types, direction)))
}
/** The transposed Jacobian: a row for each parameter. */
const transposedJacobian = (p: Residuals, params: unknown, data: unknown): Expr => {
  const n = countOf(p.in[0])
  const rows = vmap(n, { over: [false, false, true] })(along(p) as never)
  const identity = toReal(eq(iota([n, n], 0), iota([n, n], 1)))
  // the k-th direction has 1 at the k-th number: its leaves are columns of the identity, cut as the parameters are
  const directions = tangentsFrom(p.in[0], identity)
  return typed<Expr>(apply(rows as never)([params, data, directions] as never))
}
const tangentsFrom = (types: unknown, identity: Expr): unknown => {
  const tangents = tangentOf(types)
  const [n = 0] = shapeOf(identity)
  let at = 0
  const leaves = typeLeaves(tangents).map((t) => {
    const width = sizeOf(t.shape)
    at += width
    return reshape([n, ...t.shape])(slice(boxAlong([n, n], 1, at - width, width))(identity))
  })
  return refill(tangents, leaves)
}

const steps = (
  op: string,
  damped: boolean,
  { damping = 0.01, ease = 3, tighten = 2 }: MarquardtOptions,
): LeastSquares => {
  const wrong = outOfRange(op, [
    ['damping', damping, notNegative],
    ['ease', ease, positive],
    ['tighten', tighten, positive],
  ])
  const update = (p: Residuals, params: unknown, data: unknown, state: Handles<MarquardtState>) => {
    if (wrong.length > 0) return [spoilt(params, wrong), state]
    const residuals = (x: unknown): Expr => residualVector(apply(p)([x, data] as never))
    const [x, r, j] = [vectorOf(params), residuals(params), transposedJacobian(p, params, data)]
    const [n = 0] = shapeOf(x)
    const normal = matmul(j, swapAxes(0, 1)(j) as Expr) as Expr
    const damp = (a: Expr): Expr => add(a, diagEmbed(mul(state.damping, max(diagonal(a) as Expr, 1e-12))) as Expr)
    const system = damped ? damp(normal) : normal
    const right = reshape([n, 1])(neg(matmul(j, r)))
    const move = reshape([n])(choleskySolve(cholesky(system as never) as Expr, right as never))
    const next = withVector(params, add(x, move))
    const loss = mul(0.5, dot(r, r)) as Scalar
    if (!damped) return [next, { damping: state.damping, loss }]
    const after = residuals(next)
    // a step to NaN is not taken either
    const better = lt(mul(0.5, dot(after, after)), loss)
    const chosen = withVector(params, select(better, add(x, move), x))
    return [chosen, { damping: select(better, div(state.damping, ease), mul(state.damping, tighten)), loss }]
  }
  return { types: { damping: real(), loss: real() }, start: { damping, loss: 0 }, update: typed(update) }
}
/**
 * A step of least squares with damping u, in units of each parameter:
 *
 *   (J' J + u diag(J' J)) d = -J' r;   p = p + d if that decreases |r|^2, and u = u / ease; else u = u tighten
 *
 * Laws:    |r|^2 never rises
 * Cost:    n pushes through the residuals, m n^2 + n^3 / 3 multiplications, for n parameters and m residuals
 * Source:  Marquardt, "An algorithm for least-squares estimation of nonlinear parameters" (1963)
 *
 * @example
 * const line = programOrThrow([{ a: real(), b: real() }, { x: real(3), y: real(3) }], ([{ a, b }, { x, y }]) =>
 *   sub(add(mul(a, x), b), y),
 * )
 * const o = levenbergMarquardt()
 * const step = programOrThrow([...line.in, o.types] as const, ([p, d, s]) => o.update(line, p, d, s))
 */
export const levenbergMarquardt = (options: MarquardtOptions = {}): LeastSquares =>
  steps('levenbergMarquardt', true, options)
/**
 * `levenbergMarquardt` without damping: J' J d = -J' r, p = p + d. One step solves a linear problem. Where J' J is
 * singular, the parameters become NaN.
 */
export const gaussNewton = (): LeastSquares => steps('gaussNewton', false, {})
