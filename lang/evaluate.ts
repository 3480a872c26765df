/**
 * The meaning of a program: its equations are evaluated one after the other, in float64. The evaluator knows KernelIR
 * and the forms of kernel/meaning.ts, and no primitive. Every back end and every transformation is tested against it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { runKernel, type Tensor } from './kernel/evaluate.ts'
import { limitReached } from './kernel/limit.ts'
import { buffers, type Loop, type Meaning, type While } from './kernel/meaning.ts'
import { sortedOrder } from './kernel/order.ts'
import { entryOf } from './primitives/index.ts'
import { at, type Closed, type Equation, inTypes, type Named, typesOf } from './syntax/closed.ts'
import { type Diagnostics, elementProblem, orThrow, type Problem } from './syntax/error.ts'
import { nth } from './syntax/list.ts'
import { isElement, sizeOf, type Type } from './syntax/shape.ts'
import { callSite } from './syntax/site.ts'

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
    const outs = outputs(m.body, [...carries, ...rows.map((x) => rowOf(x, t, m.length)), ...constants], run)
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
  for (let step = 0; nth(outputs(m.test, [...state, ...constants], run), 0)[0] !== 0; step++) {
    if (step === m.limit) throw limitReached(m.limit, m.name)
    run.beforeStep?.()
    state = outputs(m.body, [...state, ...constants], run)
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
      return outputs(m.body, args, run)
    case 'Branch':
      return outputs(m.bodies[args[0]?.[0] !== 0 ? 0 : 1], args.slice(1), run)
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
const outputs = (p: Closed, inputs: readonly Tensor[], run: Runner): readonly Tensor[] =>
  at(trace(p, inputs, run), p.outputs)

const inputProblem = ({ name, type: { dtype, shape } }: Named, x: Tensor): Problem | undefined => {
  if (x.length !== sizeOf(shape)) return { _tag: 'InputLength', name, expected: sizeOf(shape), found: x.length }
  const stray = dtype === 'real' ? undefined : x.find((v) => !isElement(dtype, v))
  return stray === undefined ? undefined : elementProblem(dtype, stray)
}
const inputProblems = (p: Closed, inputs: readonly Tensor[]): Diagnostics => {
  const blame = (problem: Problem | undefined, types: readonly Type[]): Diagnostics =>
    problem === undefined ? [] : [{ problem, op: 'evaluate', types, site: callSite() }]
  if (inputs.length !== p.inputs.length)
    return blame({ _tag: 'Arity', expected: p.inputs.length, found: inputs.length }, inTypes(p))
  return p.inputs.flatMap((input, k) => blame(inputProblem(input, nth(inputs, k)), [input.type]))
}
/** Integers have one zero. */
const oneZero = ({ dtype }: Type, x: Tensor): Tensor =>
  dtype === 'int' && x.some((v) => Object.is(v, -0)) ? x.map((v) => v + 0) : x
/**
 * The outputs of a program for these inputs: one array per leaf, its elements in row-major order. This is the reference
 * that defines what a program means. It is slow; a back end is the way to run programs often. Where a while loop reaches
 * its limit, it throws LoopLimitReached.
 *
 * Errors:  thrown: Arity, InputLength; NotAnElement for an integer or a truth value that is none
 *
 * @example
 * const f = programOrThrow({ x: real(2), y: real(2) }, ({ x, y }) => mul(x, y))
 * evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]) // => [[3, 8]]
 */
export const evaluate = (p: Closed, inputs: readonly Tensor[], run: Runner = runKernel): readonly Tensor[] => {
  const wrong = inputProblems(p, inputs)
  if (wrong.length > 0) orThrow(E.left(wrong))
  return outputs(
    p,
    p.inputs.map(({ type }, k) => oneZero(type, nth(inputs, k))),
    run,
  )
}
