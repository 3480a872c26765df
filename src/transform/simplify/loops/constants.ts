/** What does not change in a loop is computed once, before it. */
import { parts } from '../../../../lang/primitives/scan.ts'
import { whileClosed } from '../../../../lang/primitives/while.ts'
import { type Closed, type Equation, inline } from '../../../../lang/syntax/closed.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import type { Type } from '../../../../lang/syntax/shape.ts'
import { type Body, bodyOf, ends, outsIn } from './body.ts'
import { cut, readsBetween } from './cut.ts'
import { inputsOf, type LoopLaw, runScan, scanBody } from './law.ts'
import { isScan, scanOf } from './scanEquation.ts'

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
  if (isView || !ends(q)) return false
  const size = outsIn(q).reduce((n, v) => n + b.sizeOf(v), 0)
  const behind = [...new Set(q.args)].reduce((n, a) => n + source(b, a), 0)
  return !isKernel || size <= Math.max(small, behind) || flops >= 16 * size
}
/** The values of a body that leave the loop: those that it reads of all that are worth storing. */
const leaving = (b: Body): readonly number[] => {
  const worth = b.program.equations.filter((q) => b.kinds[q.first] === 'constant' && isWorthStoring(b, q))
  const values = new Set(worth.flatMap(outsIn))
  const read = readsBetween(b.program, values, b.program.outputs)
  return [...values].filter((v) => read.has(v))
}

const inScan: LoopLaw['rewrite'] = ({ equation }) => {
  if (!isScan(equation)) return undefined
  const s = scanOf(equation)
  const b = scanBody(s)
  const out = s.attrs.length > 1 ? leaving(b) : []
  if (out.length === 0) return undefined
  const { carries, rows, constants } = inputsOf(s)
  const once = cut(s.body, constants, out)
  const body = cut(s.body, [...carries, ...rows, ...constants, ...out], s.body.outputs)
  return (args) => {
    const [c, x, k] = parts(args, carries.length, rows.length)
    return runScan(s, body, c, x, [...k, ...inline(once, k)])
  }
}

type WhileAttrs = {
  readonly test: Closed
  readonly body: Closed
  readonly carries: number
  readonly limit?: number
  readonly name?: string
}
/** A test or body of a while loop: what leaves it, and the rest over the stored values of both. */
const split = (p: Closed, n: number) => {
  const b = bodyOf(
    p,
    p.inputs.map((_, k) => (k < n ? 'carried' : 'constant')),
  )
  const out = leaving(b)
  const inputs = p.inputs.map((_, k) => k)
  return {
    out,
    types: out.map((v): Type => nth(b.types, v)),
    once: cut(p, inputs.slice(n), out),
    over: (before: readonly Type[], after: readonly Type[]) =>
      cut(p, [...inputs, ...before, ...out, ...after], p.outputs),
  }
}
const inWhile: LoopLaw['rewrite'] = ({ equation }) => {
  if (equation.op !== 'while') return undefined
  const { test, body, carries: n, limit, name } = equation.attrs as WhileAttrs
  const [t, b] = [split(test, n), split(body, n)]
  if (t.out.length + b.out.length === 0) return undefined
  const limits = { ...(limit !== undefined && { limit }), ...(name !== undefined && { name }) }
  const loop = whileClosed(t.over([], b.types), b.over(t.types, []), limits)
  return (args) => {
    const [c, k] = parts(args, n)
    return loop(c, [...k, ...inline(t.once, k), ...inline(b.once, k)])
  }
}
/**
 * In a while loop too, which may take no step: then it was computed in vain, once. Every equation is total, so nothing
 * else is different; one that may not end stays where it is.
 */
export const constantsLeave: LoopLaw = {
  law: 'what does not change in a loop is computed before it',
  rewrite: (loop) => inScan(loop) ?? inWhile(loop),
}
