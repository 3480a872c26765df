/**
 * The solution of a linear system that is given as a program.
 *
 *   args  b, k    matvec  (x, k) -> A x    solve  (b, k) -> x with A x = b    transposed  (b, k) -> x with A^T x = b
 *
 * A may depend on k. Its derivative is that of the equation A x = b, whatever the solver does:
 *
 *   A dx = db - dA x      forward: one more solve      reverse: ct b = s, ct k = -(s^T dA x) with A^T s = ct x
 *
 * So a solver may be a loop without a limit, though reverse mode cannot go through one.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, inTypes, numbered } from '../syntax/closed.ts'
import type { Expr, Maybe } from '../syntax/expr.ts'
import { isReal, real, sameTypes } from '../syntax/shape.ts'
import { mismatch, programOf, refusals, signature, stackedWhere } from './bodies.ts'
import { add, div, mul, neg, sub } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, type Recursion } from './entry.ts'
import { present, spread, zero } from './structuralZeros.ts'

type System = {
  readonly matvec: Closed
  readonly solve: Closed
  readonly transposed: Closed
  /** A is symmetric, so that it is its own transpose. */
  readonly symmetric?: true
}
const run = (a: System, args: readonly Expr[]): readonly Expr[] =>
  applyAll(linearSolveEntry, a, args, a.matvec.outputs.length)
const isPresent = (x: Maybe): boolean => x !== undefined

/** (y, k) -> A^T y, or why there is none. */
export const transposedMatvec = (matvec: Closed, rec: Recursion): ReturnType<Recursion['vjp']> => {
  const n = matvec.outputs.length
  const first = matvec.inputs.map((_, i) => i < n)
  const pulled = rec.vjp(
    matvec,
    first,
    matvec.outputs.map(() => true),
  )
  const { ins, outs } = signature(matvec)
  // A is linear, so its transpose does not depend on the point
  const at = ins.slice(0, n).map(zero)
  return E.map((p: Closed) =>
    closeOver(numbered([...outs, ...ins.slice(n)]), (v) => inline(p, [...at, ...v.slice(n), ...v.slice(0, n)])),
  )(pulled)
}
const swapped = (a: System, rec: Recursion): E.Either<Parameters<typeof refusals>[1], System> =>
  a.symmetric
    ? E.right(a)
    : E.map((matvec: Closed): System => ({ matvec, solve: a.transposed, transposed: a.solve }))(
        transposedMatvec(a.matvec, rec),
      )

/** A dx = db - dA x */
const push =
  (a: System, args: readonly Expr[], outs: readonly Expr[], rec: Recursion): JointMap['push'] =>
  (ts) => {
    const n = outs.length
    const [db, dk] = [ts.slice(0, n), ts.slice(n)]
    const moved = rec.jvp(a.matvec, [...outs.map(() => false), ...dk.map(isPresent)])
    const dA = dk.some(isPresent) ? inline(moved.body, [...outs, ...args.slice(n), ...present(dk)]) : []
    const sides = outs.map((x, i) => {
      const [b, m] = [db[i], moved.active[i] ? dA[i] : undefined]
      return b && m ? sub(b, m) : (b ?? (m ? neg(m) : zero(x.type)))
    })
    return run(a, [...sides, ...args.slice(n)])
  }
/** A^T s = ct x, ct b = s, ct k = -(s^T dA x) */
const pull =
  (a: System, args: readonly Expr[], outs: readonly Expr[], rec: Recursion): JointMap['pull'] =>
  (cts, wanted) => {
    const n = outs.length
    const other = swapped(a, rec)
    if (E.isLeft(other)) return refusals(wanted, other.left)
    const s = run(other.right, [...outs.map((x, i) => cts[i] ?? zero(x.type)), ...args.slice(n)])
    const inA = args.map((x, i) => i >= n && wanted[i] === true && isReal(x.type))
    if (!inA.some(Boolean)) return wanted.map((w, i) => (w ? s[i] : undefined))
    const back = rec.vjp(
      a.matvec,
      inA,
      outs.map(() => true),
    )
    if (E.isLeft(back)) return refusals(wanted, back.left)
    const ofA = spread(inA, inline(back.right, [...outs, ...args.slice(n), ...s.map((x) => neg(x))]))
    return wanted.map((w, i) => (w ? (i < n ? s[i] : ofA[i]) : undefined))
  }

const r2 = real(2)
/** (k + 2) x = b, on two numbers each */
const demo: System = {
  matvec: programOf([r2, r2], (x, k) => [mul(add(k, 2), x)]),
  solve: programOf([r2, r2], (b, k) => [div(b, add(k, 2))]),
  transposed: programOf([r2, r2], (b, k) => [div(b, add(k, 2))]),
}
const linearSolveEntry: Entry<System, readonly unknown[], 'linearSolve'> = {
  name: 'linearSolve',
  sentence: 'solves a linear system that is given as a program',
  latex: '\\mathrm{linearSolve}',
  algebra: {},
  examples: [demo, { ...demo, symmetric: true } as const].map((attrs) => ({
    attrs,
    args: [r2, r2],
    range: [-0.9, 0.9],
  })),
  type: ({ matvec, solve, transposed }, args) => {
    const { ins, outs } = signature(matvec)
    if (!sameTypes(ins, args)) return mismatch('the arguments are not the inputs of the system', ins, args)
    const sides = ins.slice(0, outs.length)
    if (!sameTypes(outs, sides) || !outs.every(isReal))
      return mismatch('the system must map real arrays to arrays of the same types', sides, outs)
    for (const p of [solve, transposed]) {
      if (!sameTypes(inTypes(p), ins)) return mismatch('the inputs of the solver', ins, inTypes(p))
      if (!sameTypes(signature(p).outs, outs)) return mismatch('what the solver gives', outs, signature(p).outs)
    }
    return E.right(outs)
  },
  derivative: (a, args, outs, rec) => ({ push: push(a, args, outs, rec), pull: pull(a, args, outs, rec) }),
  batch: {
    rule: (a, args, batched, rec) => {
      const side = args.map((_, i) => i < a.matvec.outputs.length)
      const on = batched.map((is, i) => is || side[i] === true)
      const [matvec, solve, transposed] = [a.matvec, a.solve, a.transposed].map((p) => rec.vmap(p, on))
      const outs = run({ ...a, matvec, solve, transposed } as System, stackedWhere(side, batched, args, rec.size))
      return { outs, batched: outs.map(() => true) }
    },
  },
  meaning: ({ solve }) => ({ _tag: 'Inline', body: solve, linearIn: solve.outputs.map((_, i) => i) }),
}
/** Solves a linear system that is given as a program. The low-level form, over closed programs. */
export const linearSolveClosed =
  (system: System) =>
  (...args: readonly Expr[]): readonly Expr[] =>
    run(system, args)

export const systems = [linearSolveEntry] as const
