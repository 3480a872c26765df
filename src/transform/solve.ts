/**
 * Linear systems that are given as functions, and iterative solvers of them. Their derivatives are those of the equation
 * A x = b (lang/primitives/linearSolve.ts), not of the steps of the solver.
 */
import * as E from 'fp-ts/lib/Either.js'
import { bodyOf, isEmpty, nothing, operands, outcome, refused, sameForm } from '../../lang/control/body.ts'
import type { AnyTree } from '../../lang/control/types.ts'
import { whileLoop } from '../../lang/control/while.ts'
import { solve } from '../../lang/operations/linalg.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { filled, iota } from '../../lang/primitives/constant.ts'
import { add, and, div, eq, lt, mul, select, toReal } from '../../lang/primitives/elementwise.ts'
import { linearSolveClosed, transposedMatvec } from '../../lang/primitives/linearSolve.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import { zero } from '../../lang/primitives/structuralZeros.ts'
import { boxAlong, slice } from '../../lang/primitives/window.ts'
import { type Closed, inline } from '../../lang/syntax/closed.ts'
import { type Expr, poison, shapeOf } from '../../lang/syntax/expr.ts'
import { operation } from '../../lang/syntax/operation.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { differentiation, vmapClosed } from './vmap.ts'

/** x -> A x, linear, on trees of real arrays of one form. */
export type Matvec<X = AnyTree> = (x: X) => X
/** Solves A x = b: from x -> A x to b -> x. cg, bicgstab and denseSolve are such solvers. */
export type LinearSolver<X = AnyTree> = (matvec: Matvec<X>) => (b: X) => X

const identity = (n: number): Expr => toReal(eq(iota([n, n], 0), iota([n, n], 1)))
const over = (like: unknown, leaves: readonly Expr[]): AnyTree => refill(like, leaves) as AnyTree
const closedOn = (
  matvec: Matvec,
  b: unknown,
  use: (p: Closed, captured: readonly Expr[]) => readonly Expr[],
): AnyTree =>
  outcome(b as AnyTree, exprLeaves(b), [bodyOf('linearSolve', matvec, { x: b })], ({ bodies: [p], captured }) =>
    use(p as Closed, captured),
  )

/**
 * Solves A x = b by the LU factorisation of the matrix of A, which n pushes of the unit vectors give: exact, for up to
 * some hundreds of unknowns.
 *
 * Cost: n products with A at once, and n^3 / 3
 */
export const denseSolve: LinearSolver = operation(
  'denseSolve(matvec*)(b)',
  typed(
    (matvec: Matvec) => (b: unknown) =>
      closedOn(matvec, b, (p, captured) => {
        const leaves = exprLeaves(b)
        const sizes = leaves.map((x) => sizeOf(shapeOf(x)))
        const n = sizes.reduce((a, s) => a + s, 0)
        const start = sizes.map((_, k) => sizes.slice(0, k).reduce((a, s) => a + s, 0))
        const part = (x: Expr, axis: number, k: number): Expr =>
          slice(boxAlong(shapeOf(x), axis, start[k] as number, sizes[k] as number))(x)
        const many = vmapClosed(
          n,
          p,
          p.inputs.map((_, k) => k < leaves.length),
        )
        const units = leaves.map((x, k) => reshape([n, ...shapeOf(x)])(part(identity(n), 1, k)))
        const rows = inline(many, [...units, ...captured]).map((y) => reshape([n, sizeOf(shapeOf(y)) / n])(y))
        const joined = (axis: number, xs: readonly Expr[]): Expr =>
          xs.length === 1 ? (xs[0] as Expr) : concat(axis)(xs as never)
        const matrix = permute([1, 0])(joined(1, rows) as never)
        const side = joined(
          0,
          leaves.map((x, k) => reshape([sizes[k] as number, 1])(x)),
        )
        const x = solve(matrix as never, side as never) as Expr
        return leaves.map((l, k) => reshape(shapeOf(l))(part(x, 0, k)))
      }),
  ),
)

interface LinearSolveOptions {
  /** A is its own transpose: reverse mode then uses the same system. Default: false. */
  readonly symmetric?: boolean
  /** Solves A^T x = b, given x -> A^T x; the solver itself by default. */
  readonly transposeSolve?: LinearSolver
}
type CustomLinearSolve = <X = AnyTree>(
  matvec: Matvec<X>,
  solve: LinearSolver<X>,
  options?: LinearSolveOptions,
) => (b: X) => X
/**
 * The solution x of A x = b by any solver, differentiated by the equation: A dx = db - dA x, in both modes. A may use
 * expressions from around it, which have derivatives too. The solver may be a loop without a limit.
 *
 * Shape:   A, b and x are on trees of real arrays of one form
 * Law:     A(customLinearSolve(A, solve)(b)) = b, as exactly as the solver solves it
 * Errors:  BodyMismatch, where A changes the form; those inside A and the solver
 *
 * @example
 * type Vector = Expr<readonly [2], 'real'>
 * const f = programOrThrow({ a: real(2), b: real(2) }, ({ a, b }) =>
 *   customLinearSolve((x: Vector) => mul(a, x), () => (y) => div(y, a))(b))
 * evaluate(f.closed, [Float64Array.of(2, 4), Float64Array.of(1, 1)])[0] // => new Float64Array([0.5, 0.25])
 */
export const customLinearSolve: CustomLinearSolve = operation(
  'customLinearSolve(matvec*, solve*, options?{symmetric transposeSolve})(b)',
  typed(
    (matvec: Matvec, solver: LinearSolver, { symmetric = false, transposeSolve = solver }: LinearSolveOptions = {}) =>
      (b: unknown): unknown =>
        linearSolveTree('customLinearSolve', matvec, solver, transposeSolve, symmetric, b),
  ),
)
const linearSolveTree = (
  op: string,
  matvec: Matvec,
  solver: LinearSolver,
  transposeSolve: LinearSolver,
  symmetric: boolean,
  b: unknown,
): unknown => {
  const args = operands(b, op)
  const system = bodyOf(op, matvec, { x: b })
  if (isEmpty(system)) return refused(op, b, nothing, args)
  if (!sameForm(b, system.tree)) {
    const types = { expected: args.map((e) => e.type), found: system.outs.map((e) => e.type) }
    return refused(
      op,
      b,
      { _tag: 'BodyMismatch', what: 'the linear map changes the form of its argument', ...types },
      args,
    )
  }
  return outcome(b as AnyTree, args, [system], ({ bodies: [closed], captured }) => {
    const back = symmetric ? E.right(closed as Closed) : transposedMatvec(closed as Closed, differentiation())
    if (E.isLeft(back)) return args.map(() => poison(args, back.left))
    const transposed = (y: unknown): AnyTree => over(b, inline(back.right, [...exprLeaves(y), ...captured]))
    const solved = bodyOf(op, (y: AnyTree) => solver(matvec)(y), { b })
    const solvedBack = bodyOf(op, (y: AnyTree) => transposeSolve(symmetric ? matvec : transposed)(y), { b })
    return exprLeaves(
      outcome(b as AnyTree, args, [system, solved, solvedBack], ({ bodies: [m, s, t], captured: all }) =>
        linearSolveClosed({
          matvec: m as Closed,
          solve: s as Closed,
          transposed: t as Closed,
          ...(symmetric && { symmetric: true as const }),
        })(...args, ...all),
      ),
    )
  })
}

// -- iterative solvers ------------------------------------------------------------------------------------------------

export interface IterationOptions {
  /** It ends where |b - A x| <= tolerance |b| in the 2-norm. Default: 1e-5, as float32 allows. */
  readonly tolerance?: number
  /** The most steps; x is then what they have given. Default: 10 times the number of unknowns. */
  readonly limit?: number
}
export interface CgOptions extends IterationOptions {
  /** x -> M x, near the inverse of A, symmetric and positive definite. Default: the identity. */
  readonly preconditioner?: Matvec
}
type Leaves = readonly Expr[]
const dot = (x: Leaves, y: Leaves): Expr => x.map((a, k) => sum()(mul(a, y[k] as Expr))).reduce((a, b) => add(a, b))
/** x + c y */
const plusTimes = (x: Leaves, c: Expr, y: Leaves): Leaves =>
  x.map((a, k) => add(a, mul(c, y[k] as Expr) as Expr) as Expr)
/** a / b; 0 where b is 0, where nothing is left to do. */
const ratio = (a: Expr, b: Expr): Expr => {
  const none = eq(b, 0)
  return select(none, 0, div(a, select(none, 1, b) as Expr) as Expr) as Expr
}
const unknowns = (xs: Leaves): number => xs.reduce((n, x) => n + sizeOf(shapeOf(x)), 0)
const zeros = (xs: Leaves): Leaves => xs.map((x) => zero(x.type))
/** Steps from a state until its residual is small. */
const iterated = <S extends { readonly x: Leaves; readonly r: Leaves; readonly k: Expr }>(
  b: Leaves,
  { tolerance = 1e-5, limit = 10 * unknowns(b) }: IterationOptions,
  start: S,
  step: (s: S) => Omit<S, 'k'>,
): Leaves => {
  const enough = mul(tolerance * tolerance, dot(b, b))
  const goesOn = (s: S): Expr => and(lt(enough, dot(s.r, s.r)) as never, lt(s.k, limit) as never) as Expr
  const next = (s: S): unknown => ({ ...step(s), k: add(s.k, 1) })
  return (whileLoop(goesOn as never, next as never)(start as never) as unknown as S).x
}

type Iterative<O> = <X = AnyTree>(matvec: Matvec<X>, options?: O) => (b: X) => X
type OnLeaves = (x: Leaves) => Leaves
/** Steps on leaves: A, an approximate inverse of A, the right side. */
type Steps = (apply: OnLeaves, near: OnLeaves, b: Leaves, options: IterationOptions) => Leaves
const iterative =
  (op: string, symmetric: boolean, steps: Steps) =>
  (matvec: Matvec, { preconditioner = (r) => r, ...options }: CgOptions = {}) =>
  (b: unknown): unknown => {
    const onLeaves =
      (m: Matvec): OnLeaves =>
      (x) =>
        exprLeaves(m(over(b, x)))
    const solver: LinearSolver = (m) => (y) =>
      over(b, steps(onLeaves(m), onLeaves(preconditioner), exprLeaves(y), options))
    return linearSolveTree(op, matvec, solver, solver, symmetric, b)
  }
/**
 * Solves A x = b by conjugate gradients, for a symmetric positive definite A.
 *
 * Shape:   A, b and x are on trees of real arrays of one form
 * Law:     |b - A x| <= tolerance |b| within `limit` steps; in exact arithmetic n steps suffice for n unknowns. The
 *          derivative is that of the equation: one more solve, in either mode
 * Source:  Hestenes and Stiefel (1952); Saad, Iterative Methods for Sparse Linear Systems (2003), algorithm 9.1
 * Errors:  as customLinearSolve
 *
 * @example
 * type Vector = Expr<readonly [2], 'real'>
 * const f = programOrThrow({ b: real(2) }, ({ b }) => cg((x: Vector) => mul(tensor([2], [2, 4]), x))(b))
 * evaluate(f.closed, [Float64Array.of(1, 1)])[0] // => new Float64Array([0.5, 0.25])
 */
export const cg: Iterative<CgOptions> = operation(
  'cg(matvec*, options?{tolerance limit preconditioner})(b)',
  typed(
    iterative('cg', true, (apply, near, b, options) => {
      const z = near(b)
      const start = { x: zeros(b), r: b, p: z, rz: dot(b, z), k: filled('int', [], 0) }
      return iterated(b, options, start as never, (s: typeof start) => {
        const ap = apply(s.p)
        const alpha = ratio(s.rz, dot(s.p, ap))
        const r = plusTimes(s.r, mul(-1, alpha) as Expr, ap)
        const made = near(r)
        const rz = dot(r, made)
        return { x: plusTimes(s.x, alpha, s.p), r, p: plusTimes(made, ratio(rz, s.rz), s.p), rz } as never
      })
    }),
  ),
)
/**
 * Solves A x = b by stabilised biconjugate gradients, for any regular A.
 *
 * Shape:   as cg's
 * Law:     |b - A x| <= tolerance |b| within `limit` steps, where it converges
 * Source:  van der Vorst (1992)
 * Errors:  as customLinearSolve
 */
export const bicgstab: Iterative<IterationOptions> = operation(
  'bicgstab(matvec*, options?{tolerance limit})(b)',
  typed(
    iterative('bicgstab', false, (apply, _, b, options) => {
      const start = { x: zeros(b), r: b, p: b, rho: dot(b, b), k: filled('int', [], 0) }
      return iterated(b, options, start as never, (s: typeof start) => {
        const v = apply(s.p)
        const alpha = ratio(s.rho, dot(b, v))
        const half = plusTimes(s.r, mul(-1, alpha) as Expr, v)
        const t = apply(half)
        const omega = ratio(dot(t, half), dot(t, t))
        const r = plusTimes(half, mul(-1, omega) as Expr, t)
        const rho = dot(b, r)
        const beta = mul(ratio(rho, s.rho), ratio(alpha, omega)) as Expr
        const p = plusTimes(r, beta, plusTimes(s.p, mul(-1, omega) as Expr, v))
        return { x: plusTimes(plusTimes(s.x, alpha, s.p), omega, half), r, p, rho } as never
      })
    }),
  ),
)
