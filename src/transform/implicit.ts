/**
 * Values that an equation defines: roots and fixed points. How they are found does not matter to their derivative, by the
 * implicit function theorem:
 *
 *   f(y, k) = 0      A dy = -df/dk dk, where A = df/dy at the solution
 *
 * So f may mention expressions from around it, and the solution has derivatives of every order in them, in both modes,
 * though the solver be a loop without a limit. The guess has none.
 */
import { bodyOf, isEmpty, nothing, operands, outcome, refused, sameForm } from '../../lang/control/body.ts'
import { fori } from '../../lang/control/scan.ts'
import type { AnyTree } from '../../lang/control/types.ts'
import { whileLoop } from '../../lang/control/while.ts'
import { anyOf } from '../../lang/primitives/borrow.ts'
import { constant, filled } from '../../lang/primitives/constant.ts'
import { customJvpClosed } from '../../lang/primitives/custom.ts'
import { abs, add, and, lt, mul, neg, or, select, sub } from '../../lang/primitives/elementwise.ts'
import { marked, spread, zero } from '../../lang/primitives/structuralZeros.ts'
import { type Closed, closeOver, inline, inTypes, numbered, outTypes } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { operation } from '../../lang/syntax/operation.ts'
import { isReal, sameTypes } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { customLinearSolve, denseSolve, type LinearSolver } from './solve.ts'
import { differentiation } from './vmap.ts'

const rec = differentiation()
type Leaves = readonly Expr[]

/** dy of f(y, k) = 0 at a solution: (y, k, dk) -> dy. */
const tangentOfRoot = (f: Closed, n: number, moved: readonly boolean[], solver: LinearSolver) => {
  const inY = rec.jvp(
    f,
    f.inputs.map((_, i) => i < n),
  )
  const inK = rec.jvp(f, moved)
  const outs = outTypes(f)
  return (at: Leaves, dk: Leaves): Leaves => {
    const side = inline(inK.body, [...at, ...dk]).map((x, i) => (inK.active[i] ? neg(x) : x))
    const matvec = (x: AnyTree): AnyTree => inline(inY.body, [...at, ...exprLeaves(x)])
    return inK.active.some(Boolean) ? exprLeaves(customLinearSolve(matvec, solver)(side)) : outs.map(zero)
  }
}
/** A solver as a step of the program, with the derivative of a solution of f. */
const implicitly = (f: Closed, solved: Closed, n: number, solver: LinearSolver, args: Leaves): Leaves => {
  const ins = inTypes(f)
  const real = ins.map(isReal)
  const moved = real.map((r, i) => r && i >= n)
  const tangent = tangentOfRoot(f, n, moved, solver)
  const outs = ins.slice(0, n)
  const rule = closeOver(numbered([...ins, ...outs, ...marked(real, ins)]), (v) => {
    const [k, y] = [v.slice(n, ins.length), v.slice(ins.length, ins.length + n)]
    const d = spread(real, v.slice(ins.length + n))
    return tangent([...y, ...k], marked(moved, d) as Leaves)
  })
  return customJvpClosed(solved, rule)(...args)
}

export interface RootOptions<Y = AnyTree> {
  /**
   * Solves the linear system of the derivative. Default: denseSolve, by the matrix df/dy, for up to some hundreds of
   * unknowns. For more, an iterative one: bicgstab.
   */
  readonly linearSolve?: LinearSolver<Y>
}
type Residual<Y> = (y: Y) => Y
/** Finds a root of f from a guess. */
type Solver<Y> = (f: Residual<Y>) => (guess: Y) => Y
const rooted = (
  op: string,
  f: Residual<AnyTree>,
  solver: Solver<AnyTree>,
  { linearSolve = denseSolve }: RootOptions,
  guess: unknown,
): unknown => {
  const args = operands(guess, op)
  const residual = bodyOf(op, f, { y: guess })
  if (isEmpty(residual)) return refused(op, guess, nothing, args)
  const types = { expected: args.map((e) => e.type), found: residual.outs.map((e) => e.type) }
  if (!sameForm(guess, residual.tree) || !sameTypes(types.expected, types.found) || !types.expected.every(isReal)) {
    const what = 'what the function gives must have the form and the types of its argument, all real'
    return refused(op, guess, { _tag: 'BodyMismatch', what, ...types }, args)
  }
  const solved = bodyOf(op, (y: AnyTree) => solver(f)(y), { guess })
  return outcome(guess as AnyTree, args, [residual, solved], ({ bodies: [r, s], captured }) =>
    implicitly(r as Closed, s as Closed, args.length, linearSolve, [...args, ...captured]),
  )
}

type CustomRoot = <Y = AnyTree>(f: Residual<Y>, solve: Solver<Y>, options?: RootOptions<Y>) => (guess: Y) => Y
/**
 * The root of f that a solver finds from a guess, differentiated as the solution of f(y) = 0.
 *
 * Shape:   y and f(y) are trees of real arrays of one form
 * Law:     f(customRoot(f, solve)(guess)) = 0, as exactly as the solver solves it; dy = -(df/dy)^-1 df/dk dk in what f
 *          captures; the guess has the derivative 0
 * Errors:  BodyMismatch, where f changes the form or a type; those inside f and the solver
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const halves = (f: (y: Real) => Real) => fori(60, (_, v: Real) => sub(v, div(f(v), 4)))
 * const root = programOrThrow({ a: real() }, ({ a }) => customRoot((y: Real) => sub(mul(y, y), a), halves)(a))
 * evaluate(gradOrThrow(root).closed, [Float64Array.of(4)])[0]?.[0] // => 0.25
 */
export const customRoot: CustomRoot = operation(
  'customRoot(f*, solve*, options?{linearSolve})(guess)',
  typed(
    (f: Residual<AnyTree>, solve: Solver<AnyTree>, options: RootOptions = {}) =>
      (guess: unknown): unknown =>
        rooted('customRoot', f, solve, options, guess),
  ),
)

// -- solvers ----------------------------------------------------------------------------------------------------------

export interface FixedPointOptions<Y = AnyTree> extends RootOptions<Y> {
  /** It ends where no element changes by more than tolerance (1 + |y|). Default: 1e-6, as float32 allows. */
  readonly tolerance?: number
  /** The most steps; y is then the last one. Default: 1000. */
  readonly limit?: number
}
/** Whether an element moves by more than the tolerance. NaN does not: the loop ends. */
const moves = (from: Leaves, to: Leaves, tolerance: number): Expr => {
  const far = from.map((x, i) => {
    const y = to[i] as Expr
    return anyOf(lt(mul(tolerance, add(1, abs(y))), abs(sub(y, x))) as Expr)
  })
  return far.reduce((a, b) => or(a as never, b as never) as Expr)
}
/** y, step(y), step(step(y)), ... until it does not move. */
const repeated =
  (step: Residual<AnyTree>, tolerance: number, limit: number) =>
  (guess: AnyTree): AnyTree => {
    const next = ({ y, k }: AnyTree): AnyTree => {
      const to = step(y)
      return { y: to, on: moves(exprLeaves(y), exprLeaves(to), tolerance), k: add(k, 1) }
    }
    const start = { y: guess, on: filled('bool', [], 1), k: filled('int', [], 0) }
    return (whileLoop((s: AnyTree) => and(s.on, lt(s.k, limit)) as never, next)(start) as AnyTree).y
  }
type FixedPoint = <Y = AnyTree>(f: Residual<Y>, options?: FixedPointOptions<Y>) => (guess: Y) => Y
/** f(y) - y; f(y) itself where it has another form, which is then reported. */
const less =
  (f: Residual<AnyTree>) =>
  (y: AnyTree): AnyTree => {
    const to = f(y)
    const [xs, ys] = [exprLeaves(y), exprLeaves(to)]
    const types = (leaves: Leaves) => leaves.map((x) => x.type)
    if (!sameTypes(types(xs), types(ys))) return to
    return refill(
      to,
      ys.map((v, i) => sub(v, xs[i] as Expr)),
    ) as AnyTree
  }
/**
 * The fixed point y = f(y) that repeating f reaches from a guess, differentiated as the solution of that equation.
 *
 * Shape:   y and f(y) are trees of real arrays of one form
 * Law:     f(y) = y within the tolerance, where f contracts; dy = (1 - df/dy)^-1 df/dk dk
 * Errors:  as customRoot
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const p = programOrThrow({ a: real() }, ({ a }) =>
 *   fixedPoint((y: Real) => mul(0.5, add(y, div(a, y))), { tolerance: 1e-12 })(a))
 * evaluate(p.closed, [Float64Array.of(9)])[0]?.[0] // => 3
 */
export const fixedPoint: FixedPoint = operation(
  'fixedPoint(f*, options?{tolerance limit linearSolve})(guess)',
  typed(
    (f: Residual<AnyTree>, { tolerance = 1e-6, limit = 1000, ...options }: FixedPointOptions = {}) =>
      (guess: unknown): unknown =>
        rooted('fixedPoint', less(f), () => repeated(f, tolerance, limit), options, guess),
  ),
)
/**
 * The root of f near a guess, by Newton's method: y - (df/dy)^-1 f(y), repeated.
 *
 * Shape:   y and f(y) are trees of real arrays of one form
 * Law:     as customRoot's. It converges quadratically from a guess near a simple root; elsewhere it may not
 * Errors:  as customRoot
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const p = programOrThrow({ a: real() }, ({ a }) => newton((y: Real) => sub(mul(y, y), a), { tolerance: 1e-12 })(a))
 * evaluate(p.closed, [Float64Array.of(9)])[0]?.[0] // => 3
 */
export const newton: FixedPoint = operation(
  'newton(f*, options?{tolerance limit linearSolve})(guess)',
  typed(
    (f: Residual<AnyTree>, { tolerance = 1e-6, limit = 100, ...options }: FixedPointOptions = {}) =>
      (guess: unknown): unknown => {
        const linearSolve = options.linearSolve ?? denseSolve
        const step = (y: AnyTree): AnyTree => newtonStep(f, linearSolve, y)
        return rooted('newton', f, () => repeated(step, tolerance, limit), options, guess)
      },
  ),
)
const newtonStep = (f: Residual<AnyTree>, linearSolve: LinearSolver, y: AnyTree): AnyTree =>
  outcome(y, exprLeaves(y), [bodyOf('newton', f, { y })], ({ bodies: [r], captured }) => {
    const ys = exprLeaves(y)
    const { body } = rec.jvp(
      r as Closed,
      (r as Closed).inputs.map((_, i) => i < ys.length),
    )
    const at = [...ys, ...captured]
    const matvec = (x: AnyTree): AnyTree => refill(y, inline(body, [...at, ...exprLeaves(x)])) as AnyTree
    const value = refill(y, inline(r as Closed, at)) as AnyTree
    return exprLeaves(linearSolve(matvec)(value)).map((d, i) => sub(ys[i] as Expr, d) as Expr)
  })

export interface BisectOptions {
  /** How often the interval is halved. Default: 60, to the last bit of a float64; 30 suffice in float32. */
  readonly steps?: number
}
type Real = Expr<readonly [], 'real'>
type Bisect = (f: (y: Real) => Real, options?: BisectOptions) => (low: Real | number, high: Real | number) => Real
const expressed = (x: Real | number): Real => (typeof x === 'number' ? constant([], x) : x)
/** The middle of what is left of an interval whose half with the change of sign is kept, again and again. */
const halved = (f: (y: Real) => Real, steps: number, low: Real, high: Real): Real => {
  const rises = lt(f(low), 0)
  const middle = (a: Real, b: Real): Real => add(mul(0.5, a), mul(0.5, b))
  const [a, b] = fori(steps, (_, [from, to]: readonly [Real, Real]) => {
    const y = middle(from, to)
    const v = f(y)
    const before = lt(select(rises, v, neg(v)), 0)
    return [select(before, y, from), select(before, to, y)] as const
  })([low, high] as const)
  return middle(a, b)
}
/**
 * A root of f between two numbers at which it has different signs, by halving the interval; differentiated as
 * customRoot. Where the signs are equal it ends at an end of the interval.
 *
 * Law:     f(bisect(f)(low, high)) = 0, within (high - low) / 2^steps of the root; dy = -(df/dk) / (df/dy) dk
 * Errors:  as customRoot
 *
 * @example
 * const p = programOrThrow({ a: real() }, ({ a }) => bisect((y) => sub(mul(y, y), a))(0, 8))
 * evaluate(p.closed, [Float64Array.of(9)])[0]?.[0] // => 3
 */
export const bisect: Bisect = operation(
  'bisect(f*, options?{steps})(low, high)',
  typed(
    (f: (y: Real) => Real, { steps = 60 }: BisectOptions = {}) =>
      (low: Real | number, high: Real | number): unknown =>
        rooted('bisect', f as Residual<AnyTree>, () => (y) => halved(f, steps, expressed(low), y), {}, expressed(high)),
  ),
)
