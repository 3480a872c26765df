/**
 * The equation to blame and its values. If it has a body, the equation inside that body, at the step where it failed.
 */
import { evaluate, type Runner, type Tensor, trace } from '../../../lang/evaluate.ts'
import { buffers, type Loop, type While } from '../../../lang/kernel/index.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import { at, type Closed, type Equation, typesOf } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { sameType, strides, type Type } from '../../../lang/syntax/shape.ts'
import { causeOf, type EquationOutput, finitenessOf } from './cause.ts'
import { formulaOf } from './formula.ts'

/** An equation whose result is not finite, and the values that it read. */
export interface Culprit {
  /** Its index in its program. */
  readonly equation: number
  readonly op: string
  /** The bodies that hold it, from the outermost: ['equation 4 (scan), step 7']. */
  readonly within: readonly string[]
  readonly value: number
  /** The index of that value in the result. */
  readonly element: readonly number[]
  readonly result: Type
  /** The text of the last few equations that led to it. */
  readonly formula?: string
  /** `here`: the argument's element at the same index, where it has the result's type. */
  readonly args: readonly { readonly type: Type; readonly low: number; readonly high: number; readonly here?: number }[]
}
/** The values of a program, by number; only a culprit's arguments and result are read. */
export type Values = (k: number) => Tensor

const infinite = (x: number): boolean => !Number.isFinite(x)
const isBad = (x: Tensor): boolean => x.some(infinite)
/** The element that is reported: the first NaN, else the first infinity. */
export const worstIn = (x: Tensor): number => {
  const nan = x.findIndex(Number.isNaN)
  return nan >= 0 ? nan : x.findIndex(infinite)
}
/** The index of an element, from its position in row-major order. */
export const elementOf = (flat: number, { shape }: Type): readonly number[] =>
  strides(shape).map((s, d) => Math.floor(flat / s) % (shape[d] ?? 1))

const described = (
  q: Equation,
  equation: number,
  types: readonly Type[],
  result: Type,
  y: Tensor,
  args: readonly Tensor[],
  within: readonly string[],
): Culprit => {
  const flat = worstIn(y)
  const shown = args.map((x, i) => {
    const type = nth(types, i)
    const [low, high] = [x.reduce((m, v) => Math.min(m, v), Infinity), x.reduce((m, v) => Math.max(m, v), -Infinity)]
    return { type, low, high, ...(sameType(type, result) && { here: nth(x, flat) }) }
  })
  return { equation, op: q.op, within, value: nth(y, flat), element: elementOf(flat, result), result, args: shown }
}

/** The first evaluation of a body whose result is not finite, and its inputs. */
type Entered = readonly [body: Closed, inputs: readonly Tensor[], step?: number]
const loopEntry = (m: Loop, args: readonly Tensor[], run: Runner): Entered | undefined => {
  const { carries, rows, body, length, reverse } = m
  let now = args.slice(0, carries)
  for (let step = 0; step < length; step++) {
    const t = reverse ? length - 1 - step : step
    const row = (x: Tensor): Tensor => x.subarray((t * x.length) / length, ((t + 1) * x.length) / length)
    const inputs = [...now, ...args.slice(carries, carries + rows).map(row), ...args.slice(carries + rows)]
    const outs = evaluate(body, inputs, run)
    if (outs.some(isBad)) return [body, inputs, step]
    now = outs.slice(0, carries)
  }
  return undefined
}
const whileEntry = (m: While, args: readonly Tensor[], run: Runner): Entered | undefined => {
  const constants = args.slice(m.carries)
  let now: readonly Tensor[] = args.slice(0, m.carries)
  for (let step = 0; evaluate(m.test, [...now, ...constants], run)[0]?.[0] !== 0; step++) {
    run.beforeStep?.()
    const inputs = [...now, ...constants]
    const outs = evaluate(m.body, inputs, run)
    if (outs.some(isBad)) return [m.body, inputs, step]
    now = outs
  }
  return undefined
}
const entered = (q: Equation, types: readonly Type[], args: readonly Tensor[], run: Runner): Entered | undefined => {
  const m = entryOf(q.op).meaning(q.attrs, buffers(types), q.outs)
  switch (m._tag) {
    case 'Inline':
      return [m.body, args]
    case 'Branch':
      return [m.bodies[args[0]?.[0] !== 0 ? 0 : 1], args.slice(1)]
    case 'Loop':
      return loopEntry(m, args, run)
    case 'While':
      return whileEntry(m, args, run)
    case 'Kernel':
    case 'Data':
    case 'Scatter':
    case 'Sort':
      return undefined
  }
}

/** `run`: evaluates the kernels of bodies. */
export const culpritAt = (
  p: Closed,
  output: EquationOutput,
  values: Values,
  run: Runner,
  within: readonly string[] = [],
): Culprit => {
  const q = nth(p.equations, output.equation)
  const types = at(typesOf(p), q.args)
  const args = q.args.map(values)
  const y = values(q.first + output.out)
  const formula = formulaOf(p, output)
  const here: Culprit = {
    ...described(q, output.equation, types, nth(q.outs, output.out), y, args, within),
    ...(formula !== undefined && { formula }),
  }
  const into = entered(q, types, args, run)
  if (into === undefined) return here
  const [body, inputs, step] = into
  const inner = trace(body, inputs, run)
  const kinds = inner.map(finitenessOf)
  const bad = body.outputs.filter((o) => kinds[o] !== 'finite')
  const from = (Number.isNaN(here.value) ? bad.find((o) => kinds[o] === 'nan') : undefined) ?? bad[0]
  const cause = from === undefined ? {} : causeOf(body, kinds, from)
  const deeper = cause.nan ?? cause.origin
  const path = `equation ${output.equation} (${q.op})${step === undefined ? '' : `, step ${step}`}`
  return deeper === undefined ? here : culpritAt(body, deeper, (k) => nth(inner, k), run, [...within, path])
}
