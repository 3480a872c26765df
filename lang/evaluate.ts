/**
 * The meaning of a program: its equations are evaluated one after the other, in float64. The evaluator knows KernelIR
 * and the forms of kernel/meaning.ts, and no primitive. Every back end and every transformation is tested against it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { runKernel, type Tensor } from './kernel/evaluate.ts'
import { limitReached } from './kernel/limit.ts'
import { buffers, type Kernel, type Loop, type Meaning, type Scatter, type While } from './kernel/meaning.ts'
import { sortedOrder } from './kernel/order.ts'
import { entryOf } from './primitives/index.ts'
import { at, type Closed, type Equation, inTypes, type Named, typesOf } from './syntax/closed.ts'
import { type Diagnostics, elementProblem, orThrow, type Problem } from './syntax/error.ts'
import { nth } from './syntax/list.ts'
import { ofProgram } from './syntax/ofProgram.ts'
import { isElement, sizeOf, type Type } from './syntax/shape.ts'
import { callSite } from './syntax/site.ts'
import { described } from './syntax/wrongCall.ts'

export type { Tensor } from './kernel/evaluate.ts'

/**
 * How a program is run: in float64, or with arrays of another type T. `run` evaluates one kernel or Scatter; a variant of
 * it may round otherwise, or estimate rounding errors.
 */
export interface Machine<T> {
  readonly run: (out: Type, kernel: Kernel | Scatter, types: readonly Type[], buffers: readonly T[]) => T
  /** An array of this type with these elements. */
  readonly data: (type: Type, values: ArrayLike<number>) => T
  /** The elements of an array as numbers in the same order. */
  readonly numbers: (x: T) => ArrayLike<number>
  /** A part of an array. */
  readonly slice: (x: T, from: number, to: number) => T
  /** Arrays one after the other, as an array of this type. */
  readonly concat: (type: Type, parts: readonly T[]) => T
  /** Sees the results of every equation, also in bodies, and may replace them. */
  readonly results?: (q: Equation, outs: readonly T[]) => readonly T[]
  /** Called before every step of a while loop. What it throws ends the evaluation. */
  readonly beforeStep?: () => void
}
/** Evaluates a kernel in float64; with what is called before every step of a while loop. */
export type Runner = Machine<Tensor>['run'] & Pick<Machine<Tensor>, 'beforeStep'>

const concat = ({ shape }: Type, parts: readonly Tensor[]): Tensor => {
  const all = new Float64Array(sizeOf(shape))
  parts.forEach((x, t) => {
    all.set(x, t * x.length)
  })
  return all
}
const float64 = (run: Runner): Machine<Tensor> => ({
  run,
  data: (_, values) => Float64Array.from(values),
  numbers: (x) => x,
  slice: (x, from, to) => x.subarray(from, to),
  concat,
  ...(run.beforeStep && { beforeStep: run.beforeStep }),
})

const loop = <T>(on: Machine<T>, m: Loop, q: Equation, types: readonly Type[], args: readonly T[]): readonly T[] => {
  const rows = args.slice(m.carries, m.carries + m.rows),
    constants = args.slice(m.carries + m.rows),
    sizes = types.slice(m.carries, m.carries + m.rows).map((t) => sizeOf(t.shape) / m.length)
  const steps: (readonly T[])[] = []
  let carries: readonly T[] = args.slice(0, m.carries)
  for (let step = 0; step < m.length; step++) {
    const t = m.reverse ? m.length - 1 - step : step
    const row = (x: T, i: number): T => on.slice(x, t * nth(sizes, i), (t + 1) * nth(sizes, i))
    const outs = evaluateOn(on)(m.body, [...carries, ...rows.map(row), ...constants])
    steps[t] = [...outs.slice(m.carries), ...carries]
    carries = outs.slice(0, m.carries)
  }
  const stacks = q.outs.slice(m.carries)
  const stacked = stacks.map((type, i) =>
    on.concat(
      type,
      steps.map((s) => nth(s, i)),
    ),
  )
  return [...carries, ...stacked]
}
const repeat = <T>(on: Machine<T>, m: While, args: readonly T[]): readonly T[] => {
  const constants = args.slice(m.carries)
  const isTrue = (): boolean => on.numbers(nth(evaluateOn(on)(m.test, [...state, ...constants]), 0))[0] !== 0
  let state: readonly T[] = args.slice(0, m.carries)
  for (let step = 0; isTrue(); step++) {
    if (step === m.limit) throw limitReached(m.limit, m.name)
    on.beforeStep?.()
    state = evaluateOn(on)(m.body, [...state, ...constants])
  }
  return state
}
const perform = <T>(
  on: Machine<T>,
  m: Meaning,
  q: Equation,
  types: readonly Type[],
  args: readonly T[],
): readonly T[] => {
  switch (m._tag) {
    case 'Kernel':
    case 'Scatter':
      return [on.run(nth(q.outs, 0), m, types, args)]
    case 'Data':
      return [on.data(nth(q.outs, 0), m.values)]
    case 'Inline':
      return evaluateOn(on)(m.body, args)
    case 'Branch':
      return evaluateOn(on)(m.bodies[on.numbers(nth(args, 0))[0] !== 0 ? 0 : 1], args.slice(1))
    case 'Loop':
      return loop(on, m, q, types, args)
    case 'While':
      return repeat(on, m, args)
    case 'Sort':
      return [
        on.data(nth(q.outs, 0), sortedOrder(on.numbers(nth(args, 0)), nth(nth(types, 0).shape, -1), m.descending)),
      ]
  }
}
/** Every value of a program on a machine, in the order of its number. */
export const traceOn =
  <T>(on: Machine<T>) =>
  (p: Closed, inputs: readonly T[]): readonly T[] => {
    const v = [...inputs],
      types = typesOf(p)
    for (const q of p.equations) {
      const args = at(types, q.args)
      const outs = perform(on, entryOf(q.op).meaning(q.attrs, buffers(args), q.outs), q, args, at(v, q.args))
      for (const x of on.results?.(q, outs) ?? outs) v.push(x)
    }
    return v
  }
/** The outputs of a program on a machine. */
export const evaluateOn =
  <T>(on: Machine<T>) =>
  (p: Closed, inputs: readonly T[]): readonly T[] =>
    at(traceOn(on)(p, inputs), p.outputs)

/** Every value of a program in float64, in the order of its number. */
export const trace = (p: Closed, inputs: readonly Tensor[], run: Runner = runKernel): readonly Tensor[] =>
  traceOn(float64(run))(p, inputs)

const malformed = (what: string): Problem => ({ _tag: 'Malformed', what })
/** TypeScript knows that an input is an array, JavaScript does not. */
const isTensor = (x: unknown): x is Tensor => Array.isArray(x) || ArrayBuffer.isView(x)
const inputProblem = ({ name, type: { dtype, shape } }: Named, x: unknown): Problem | undefined => {
  if (!isTensor(x)) return malformed(`the input ${name} is ${described(x)}, not the list of its elements`)
  if (x.length !== sizeOf(shape)) return { _tag: 'InputLength', name, expected: sizeOf(shape), found: x.length }
  const stray = dtype === 'real' ? undefined : x.find((v) => !isElement(dtype, v))
  return stray === undefined ? undefined : elementProblem(dtype, stray)
}
const inputProblems = (p: Closed, inputs: readonly Tensor[]): Diagnostics => {
  const blame = (problem: Problem | undefined, types: readonly Type[]): Diagnostics =>
    problem === undefined ? [] : [{ problem, op: 'evaluate', types, site: callSite() }]
  if (!Array.isArray(inputs))
    return blame(
      malformed(`the inputs are ${described(inputs)}, not a list with the elements of each input`),
      inTypes(p),
    )
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
export const evaluate = ofProgram(
  'evaluate(f: closed, inputs, run?)',
  (p: Closed, inputs: readonly Tensor[], run: Runner = runKernel): readonly Tensor[] => {
    const wrong = inputProblems(p, inputs)
    if (wrong.length > 0) orThrow(E.left(wrong))
    const exact = p.inputs.map(({ type }, k) => oneZero(type, nth(inputs, k)))
    return evaluateOn(float64(run))(p, exact)
  },
)
