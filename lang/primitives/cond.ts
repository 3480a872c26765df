/**
 * A choice between two programs with the same signature; only the chosen one runs. If the condition is batched, both
 * run on every example, and `select` picks the results. The operands of a branch are masked too: for an example that
 * does not take the branch, their derivative is stopped. Otherwise reverse mode would pull a cotangent of 0 through the
 * branch, and 0 times an infinite derivative is NaN. A branch that reads the batch axis, as psum does, is not masked:
 * every example counts in the sum and in its derivative.
 *
 * A branch with a while loop may not end on the operands of an example that does not take it. Such an example gets the
 * operands of one that does; where no example takes the branch, it does not run. A branch that reads the batch axis needs
 * the operands of all, so a loop without a limit is refused in it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, outTypes } from '../syntax/closed.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { bool, isReal, real, sameType, sameTypes } from '../syntax/shape.ts'
import { bodiesMap, mismatch, programOf, refusing, signature, stackedWhere } from './bodies.ts'
import { anyOf, borrowing, endless, mustBorrow } from './borrow.ts'
import { broadcast } from './broadcast.ts'
import { filled } from './constant.ts'
import { add, mul, not, select, sin, stopGradient } from './elementwise.ts'
import { applyAll, type Entry } from './entry.ts'
import { item } from './item.ts'

type Branches = { readonly yes: Closed; readonly no: Closed }
const demo: Branches = {
  yes: programOf([real(2), real(2)], (x, y) => [mul(x, add(x, y))]),
  no: programOf([real(2), real(2)], (x, y) => [sin(mul(x, y))]),
}
const run = (branches: Branches, args: readonly Expr[]): readonly Expr[] =>
  applyAll(condEntry, branches, args, branches.yes.outputs.length)

/** x, with a derivative only for the examples that take the branch. */
const whereTaken = (taken: Expr, x: Expr): Expr => select(broadcast(shapeOf(x), [0])(taken), x, stopGradient(x))
/** The program where the condition is true; else zeros, and it does not run. */
const runWhere = (p: Expr, yes: Closed, xs: readonly Expr[]): readonly Expr[] => {
  const no = closeOver(yes.inputs, () => outTypes(yes).map((t) => filled(t.dtype, t.shape, 0)))
  return run({ yes, no }, [p, ...xs])
}

export const condEntry: Entry<Branches, readonly unknown[], 'cond'> = {
  name: 'cond',
  sentence: 'runs the first program if the condition is true, else the second',
  latex: '\\mathrm{if}',
  algebra: {},
  examples: [{ attrs: demo, args: [bool(), real(2), real(2)] }],
  batch: {
    rule: ({ yes, no }, [p, ...xs], [conditionBatched, ...batched], rec) => {
      const condition = p as Expr // the typing rule demands it
      const all = (outs: readonly Expr[]) => ({ outs, batched: outs.map(() => true) })
      if (!conditionBatched)
        return all(run({ yes: rec.vmap(yes, batched), no: rec.vmap(no, batched) }, [condition, ...xs]))
      const problem = endless(yes, rec) ?? endless(no, rec)
      if (problem !== undefined) return refusing('cond', problem, [condition, ...xs], yes.outputs.length)
      const full = stackedWhere(
        xs.map((x) => isReal(x.type)),
        batched,
        xs,
        rec.size,
      )
      const mapped = xs.map((x, i) => isReal(x.type) || batched[i] === true)
      const branch = (body: Closed, taken: Expr): readonly Expr[] => {
        if (mustBorrow(body, rec)) {
          const fill = borrowing(taken, rec.size)
          const operands = full.map((x, i) => (mapped[i] ? fill(x) : x))
          return runWhere(anyOf(taken), rec.vmap(body, mapped), operands)
        }
        const masked = full.map((x) => (isReal(x.type) && !rec.reads(body) ? whereTaken(taken, x) : x))
        return inline(rec.vmap(body, mapped), masked)
      }
      const [a, b] = [branch(yes, condition), branch(no, not(condition))]
      return all(a.map((x, k) => select(broadcast(shapeOf(x), [0])(condition), x, item(b, k))))
    },
  },
  type: ({ yes, no }, [p, ...xs]) => {
    const [a, b] = [signature(yes), signature(no)]
    if (p === undefined || !sameType(p, bool())) return mismatch('the condition', [bool()], p === undefined ? [] : [p])
    if (!sameTypes(a.ins, xs)) return mismatch('the operands are not the inputs of the first branch', a.ins, xs)
    if (!sameTypes(b.ins, xs)) return mismatch('the operands are not the inputs of the second branch', b.ins, xs)
    return sameTypes(a.outs, b.outs) ? E.right(a.outs) : mismatch('the branches return different types', a.outs, b.outs)
  },
  derivative: ({ yes, no }, args, _, rec) =>
    // bodiesMap returns as many bodies as it receives
    bodiesMap([yes, no], 1, args, rec, (bodies, xs) => run({ yes: bodies[0] as Closed, no: bodies[1] as Closed }, xs)),
  meaning: ({ yes, no }) => ({ _tag: 'Branch', bodies: [yes, no] }),
  onSeries: ({ yes, no }, _, on) => ({ yes: on(yes), no: on(no) }),
}
/** Runs the first program if the condition is true, else the second. The low-level form, over closed branches. */
export const condClosed =
  (p: Expr, yes: Closed, no: Closed) =>
  (...xs: readonly Expr[]): readonly Expr[] =>
    run({ yes, no }, [p, ...xs])

export const conds = [condEntry] as const
