/**
 * The meaning of a program: its equations are evaluated one after the other, in float64. The evaluator knows KernelIR
 * and the forms of kernel/meaning.ts, and no primitive. Every back end and every transformation is tested against it.
 */

import { runKernel, type Tensor } from './kernel/evaluate.ts'
import { limitReached } from './kernel/limit.ts'
import { buffers, type Loop, type Meaning, type While } from './kernel/meaning.ts'
import { sortedOrder } from './kernel/order.ts'
import { entryOf } from './primitives/index.ts'
import { at, type Closed, type Equation, typesOf } from './syntax/closed.ts'
import { nth } from './syntax/list.ts'
import { sizeOf, type Type } from './syntax/shape.ts'

export type { Tensor } from './kernel/evaluate.ts'

const rowOf = (x: Tensor, t: number, length: number): Tensor =>
  x.subarray((t * x.length) / length, ((t + 1) * x.length) / length)

/** How a kernel is run: by `runKernel`, or by a variant of it, for example one that also estimates rounding errors. */
export type Runner = typeof runKernel & {
  /** Called before every step of a while loop. What it throws ends the evaluation. */
  readonly beforeStep?: () => void
}

const loop = (m: Loop, q: Equation, args: readonly Tensor[], run: Runner): readonly Tensor[] => {
  const rows = args.slice(m.carries, m.carries + m.rows),
    constants = args.slice(m.carries + m.rows)
  const stacks = q.outs.slice(m.carries).map((t) => new Float64Array(sizeOf(t.shape)))
  let carries: readonly Tensor[] = args.slice(0, m.carries)
  for (let step = 0; step < m.length; step++) {
    const t = m.reverse ? m.length - 1 - step : step
    const outs = evaluate(m.body, [...carries, ...rows.map((x) => rowOf(x, t, m.length)), ...constants], run)
    ;[...outs.slice(m.carries), ...carries].forEach((y, i) => {
      nth(stacks, i).set(y, t * y.length)
    })
    carries = outs.slice(0, m.carries)
  }
  return [...carries, ...stacks]
}
const repeat = (m: While, args: readonly Tensor[], run: Runner): readonly Tensor[] => {
  const constants = args.slice(m.carries)
  let state: readonly Tensor[] = args.slice(0, m.carries)
  for (let step = 0; nth(evaluate(m.test, [...state, ...constants], run), 0)[0] !== 0; step++) {
    if (step === m.limit) throw limitReached(m.limit, m.name)
    run.beforeStep?.()
    state = evaluate(m.body, [...state, ...constants], run)
  }
  return state
}
const perform = (
  m: Meaning,
  q: Equation,
  types: readonly Type[],
  args: readonly Tensor[],
  run: Runner,
): readonly Tensor[] => {
  switch (m._tag) {
    case 'Kernel':
      return [run(nth(q.outs, 0), m, types, args)]
    case 'Data':
      return [Float64Array.from(m.values)]
    case 'Inline':
      return evaluate(m.body, args, run)
    case 'Branch':
      return evaluate(m.bodies[args[0]?.[0] !== 0 ? 0 : 1], args.slice(1), run)
    case 'Loop':
      return loop(m, q, args, run)
    case 'While':
      return repeat(m, args, run)
    case 'Sort':
      return [Float64Array.from(sortedOrder(nth(args, 0), nth(nth(types, 0).shape, -1), m.descending))]
  }
}
/** Every value of a program, in the order of its number. */
export const trace = (p: Closed, inputs: readonly Tensor[], run: Runner = runKernel): readonly Tensor[] => {
  const v = [...inputs],
    types = typesOf(p)
  for (const q of p.equations) {
    const args = at(types, q.args)
    for (const x of perform(entryOf(q.op).meaning(q.attrs, buffers(args), q.outs), q, args, at(v, q.args), run))
      v.push(x)
  }
  return v
}
/**
 * The outputs of a program for these inputs: one array per leaf, its elements in row-major order. This is the reference
 * that defines what a program means. It is slow; a back end is the way to run programs often. Where a while loop reaches
 * its limit, it throws LoopLimitReached.
 *
 * @example
 * const f = programOrThrow({ x: real(2), y: real(2) }, ({ x, y }) => mul(x, y))
 * evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]) // => [[3, 8]]
 */
export const evaluate = (p: Closed, inputs: readonly Tensor[], run: Runner = runKernel): readonly Tensor[] =>
  at(trace(p, inputs, run), p.outputs)
