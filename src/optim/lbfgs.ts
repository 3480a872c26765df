/**
 * L-BFGS: a step along the inverse Hessian that the last steps and changes of the gradient suggest. `update` has the form of
 * the line search's: it takes the function beside the gradient.
 */
import { scan } from '../../lang/control/scan.ts'
import { whileLoop } from '../../lang/control/while.ts'
import { unsqueeze } from '../../lang/operations/arranging.ts'
import { gt } from '../../lang/operations/comparison.ts'
import { norm } from '../../lang/operations/norm.ts'
import { dot } from '../../lang/operations/product.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { add, and, div, eq, le, lt, min, mul, neg, not, select, sub } from '../../lang/primitives/elementwise.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import { boxAlong, slice } from '../../lang/primitives/window.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import type { Arrays, Handles, Tangent, TypesOf } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Scalar } from './optimizer.ts'
import { count, inside, outOfRange, positive, whole } from './refuse.ts'
import { countOf, gradientVector, spoilt, vectorOf, withVector } from './vector.ts'

export interface LbfgsOptions {
  /** How many pairs of a step and a change of the gradient are kept; 10 by default. */
  readonly memory?: number
  /** The rate of a step; with a search, the first that is tried. 1 by default. */
  readonly rate?: number
  /** How many rates the line search tries at most; 0 is no search. 20 by default. */
  readonly trials?: number
  /** The factor on a rate that was too large; 0.5 by default. */
  readonly shrink?: number
  /** The share of the decrease along the slope that a step must reach; 1e-4 by default. */
  readonly decrease?: number
}
/** The types of the state: the steps so far, the pairs (the newest last), and the last parameters and gradient. */
export type LbfgsState = {
  readonly step: Type<readonly [], 'real'>
  readonly moves: Type<readonly [number, number], 'real'>
  readonly changes: Type<readonly [number, number], 'real'>
  readonly last: Type<readonly [number], 'real'>
  readonly slope: Type<readonly [number], 'real'>
}
export interface Lbfgs {
  /** The types of the state for parameters of these types. */
  readonly types: (params: unknown) => LbfgsState
  /** The state before the first step. */
  readonly start: (params: unknown) => Arrays<LbfgsState>
  /** The next parameters and state, from the function, the parameters, their gradients and the state. */
  readonly update: <R>(
    f: (params: R) => Scalar,
    params: R,
    gradients: Handles<Tangent<TypesOf<R>>>,
    state: Handles<LbfgsState>,
  ) => readonly [R, Handles<LbfgsState>]
}
type State = Handles<LbfgsState>
type Pairs = Pick<State, 'moves' | 'changes'>

/** The rows without the first, and one more at their end. */
const pushed = (rows: Expr, row: Expr): Expr => {
  const [m = 1] = shapeOf(rows)
  return concat(0)([slice(boxAlong(shapeOf(rows), 0, 1, m - 1))(rows) as Expr, unsqueeze(0)(row) as Expr])
}
const lastRow = (rows: Expr): Expr => {
  const [m = 1, n = 0] = shapeOf(rows)
  return reshape([n])(slice(boxAlong(shapeOf(rows), 0, m - 1, 1))(rows))
}
/** x / y, and 0 where y is 0: a pair of zeros says nothing. */
const ratio = (x: Expr, y: Expr): Expr => select(eq(y, 0), 0, div(x, select(eq(y, 0), 1, y)))
type Row = { readonly s: Expr; readonly y: Expr }
/** H g, with the two loops over the pairs. */
const timesInverse = ({ moves: s, changes: y }: Pairs, g: Expr): Expr => {
  const down = (q: Expr, row: Row): readonly [Expr, Expr] => {
    const a = ratio(dot(row.s, q), dot(row.s, row.y))
    return [sub(q, mul(a, row.y)), a]
  }
  const [q, a] = typed<readonly [Expr, Expr]>(scan(down as never, { reverse: true })(g as never, { s, y } as never))
  const [move, change] = [lastRow(s), lastRow(y)]
  const curvature = dot(change, change)
  const scale = select(eq(curvature, 0), 1, ratio(dot(move, change), curvature))
  const up = (r: Expr, row: Row & { readonly a: Expr }): readonly [Expr, Expr] => {
    const b = ratio(dot(row.y, r), dot(row.s, row.y))
    return [add(r, mul(row.s, sub(row.a, b))), b]
  }
  return typed<readonly [Expr, Expr]>(scan(up as never)(mul(scale, q) as never, { s, y, a } as never))[0]
}
/** The pairs with the newest, if its curvature is positive. */
const remembered = (state: State, x: Expr, g: Expr): Pairs => {
  const [move, change] = [sub(x, state.last), sub(g, state.slope)]
  const fits = and(gt(state.step, 0), gt(dot(move, change), 1e-10))
  return {
    moves: select(fits, pushed(state.moves, move), state.moves),
    changes: select(fits, pushed(state.changes, change), state.changes),
  }
}

/**
 * A step along -H g, where H is the inverse Hessian that the last pairs of steps and changes of the gradient give. The
 * first step is at most 1 long in the 1-norm. A rate among R, R shrink, R shrink^2, ... must decrease f enough:
 *
 *   p = p - r H g;   f(p - r H g) <= f(p) - decrease r g H g
 *
 * Where none of `trials` rates does, the parameters stay, and the pairs are forgotten.
 *
 * Laws:    f never rises, unless `trials` is 0; at gradient 0 the parameters stay as they are
 * Cost:    4 memory n multiplications beside f; the state holds (2 memory + 2) n numbers
 * Source:  Liu and Nocedal, "On the limited memory BFGS method for large scale optimization" (1989); with `trials` 0 the
 *          path is that of PyTorch's LBFGS without a search
 *
 * @example
 * const f = programOrThrow(real(2), (x) => sum()(mul(x, x)))
 * const o = lbfgs()
 * const step = programOrThrow([f.in, o.types(f.in)] as const, ([x, state]) =>
 *   o.update((p) => apply(f)(p), x, apply(gradOrThrow(f))(x), state),
 * )
 */
export const lbfgs = ({
  memory = 10,
  rate = 1,
  trials = 20,
  shrink = 0.5,
  decrease = 1e-4,
}: LbfgsOptions = {}): Lbfgs => {
  const wrong = outOfRange('lbfgs', [
    ['memory', memory, count],
    ['rate', rate, positive],
    ['trials', trials, whole],
    ['shrink', shrink, inside],
    ['decrease', decrease, inside],
  ])
  const types = (params: unknown): LbfgsState => {
    const n = countOf(params)
    return {
      step: real(),
      moves: real(memory, n),
      changes: real(memory, n),
      last: real(n),
      slope: real(n),
    } as LbfgsState
  }
  const start = (params: unknown): Arrays<LbfgsState> => {
    const n = countOf(params)
    const none = (size: number) => new Float32Array(size)
    return { step: none(1), moves: none(memory * n), changes: none(memory * n), last: none(n), slope: none(n) }
  }
  const update = (f: (params: unknown) => Scalar, params: unknown, gradients: unknown, state: State) => {
    if (wrong.length > 0) return [spoilt(params, wrong), state]
    const [x, g] = [vectorOf(params), gradientVector(params, gradients)]
    const pairs = remembered(state, x, g)
    const d = neg(timesInverse(pairs, g))
    const size = norm(undefined, { p: 1 })(g)
    const first = select(eq(state.step, 0), mul(rate, min(1, div(1, select(eq(size, 0), 1, size)))), rate)
    const at = (r: Expr): Expr => add(x, mul(r, d))
    const slope = mul(decrease, dot(g, d))
    const value = f(params)
    const falls = (r: Expr): Expr => le(f(withVector(params, at(r))), add(value, mul(r, slope)))
    const search = (): readonly [Expr, Expr] => {
      const [r] = whileLoop(
        ([t, n]: readonly [Scalar, Scalar]) => and(lt(n, trials - 1), not(falls(t) as never)),
        ([t, n]: readonly [Scalar, Scalar]) => [mul(t, shrink), add(n, 1)] as const,
      )([first as Scalar, mul(state.step, 0)] as const)
      return [r, falls(r)]
    }
    const [r, found] = trials === 0 ? [first, undefined] : search()
    const kept = (a: Expr, b: Expr | number): Expr => (found === undefined ? a : select(found, a, b))
    const next = {
      step: kept(add(state.step, 1), 0),
      moves: kept(pairs.moves, 0),
      changes: kept(pairs.changes, 0),
      last: x,
      slope: g,
    }
    return [withVector(params, kept(at(r), x)), next]
  }
  return { types, start, update: typed(update) }
}
