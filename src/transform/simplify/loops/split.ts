/** What a program within a loop computes from constants, and the rest of it. */
import { at, type Closed, type Equation, inline } from '../../../../lang/syntax/closed.ts'
import type { Expr } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import type { Type } from '../../../../lang/syntax/shape.ts'
import { type Body, bodyOf, type Dependence, ends, outsIn } from './body.ts'
import { cut, readsBetween } from './cut.ts'

/** An array of so many numbers stays in a core's cache from step to step. */
const small = 1 << 14

/** The numbers behind a value: its own, or of a view, those of what it shows. */
const source = (b: Body, v: number): number => {
  const q = b.equationOf(v)
  if (b.kinds[v] === 'free') return 0
  return q !== undefined && b.work(q).isView ? q.args.reduce((n, a) => n + source(b, a), 0) : b.sizeOf(v)
}
/** Whether an equation on constants is worth storing: the loop then reads it instead of what it is computed from. */
const isWorthStoring = (b: Body, q: Equation): boolean => {
  const { isKernel, isView, flops } = b.work(q)
  if (isView || !ends(b, q)) return false
  const size = outsIn(q).reduce((n, v) => n + b.sizeOf(v), 0)
  const behind = [...new Set(q.args)].reduce((n, a) => n + source(b, a), 0)
  return !isKernel || size <= Math.max(small, behind) || flops >= 16 * size
}
/** The values of a body that leave the loop: those that it reads of all that are worth storing. */
export const leaving = (b: Body): readonly number[] => {
  const worth = b.program.equations.filter((q) => b.kinds[q.first] === 'constant' && isWorthStoring(b, q))
  const values = new Set(worth.flatMap(outsIn))
  const read = readsBetween(b.program, values, b.program.outputs)
  return [...values].filter((v) => read.has(v))
}

/** A program within a loop: what leaves it, and the rest over the stored values of it and of its twin. */
export const split = (p: Closed, inputs: readonly Dependence[]) => {
  const b = bodyOf(p, inputs)
  const out = leaving(b)
  const all = inputs.map((_, k) => k)
  const constant = all.filter((k) => inputs[k] === 'constant' || inputs[k] === 'free')
  return {
    out,
    types: out.map((v): Type => nth(b.types, v)),
    once: (args: readonly Expr[]) => inline(cut(p, constant, out), at(args, constant)),
    over: (before: readonly Type[], after: readonly Type[]) => cut(p, [...all, ...before, ...out, ...after], p.outputs),
  }
}
