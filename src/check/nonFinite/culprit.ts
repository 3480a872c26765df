/** The equation that is to blame, at its values; of an equation with a body, the one in the body, at the step that met it. */

import { evaluate, type Runner, type Tensor, trace } from '../../../lang/evaluate.ts'
import { buffers, type Loop, type While } from '../../../lang/kernel/index.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import { at, type Closed, type Equation, typesOf } from '../../../lang/syntax/closed.ts'
import { sameType, strides, type Type } from '../../../lang/syntax/shape.ts'
import { causeOf, type EquationOutput, finitenessOf } from './cause.ts'
import { formulaOf } from './formula.ts'

export interface Culprit {
  /** Its number in its program. */
  readonly equation: number
  readonly op: string
  /** The way into bodies: ['equation 4 (scan), step 7']. */
  readonly within: readonly string[]
  readonly value: number
  /** Its place in the result. */
  readonly element: readonly number[]
  readonly result: Type
  /** How it was computed: the program's text, a few equations back. */
  readonly formula?: string
  /** `here`: the argument's own element at that place, where it has the result's type. */
  readonly args: readonly { readonly type: Type; readonly low: number; readonly high: number; readonly here?: number }[]
}
/** The values of a program, by number; only those that a culprit reads and makes are asked for. */
export type Values = (k: number) => Tensor

const infinite = (x: number): boolean => !Number.isFinite(x)
const isBad = (x: Tensor): boolean => x.some(infinite)
/** The element that is looked at: the first NaN, else the first infinity. */
export const worstIn = (x: Tensor): number => {
  const nan = x.findIndex(Number.isNaN)
  return nan >= 0 ? nan : x.findIndex(infinite)
}
export const placeOf = (flat: number, { shape }: Type): readonly number[] =>
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
    const type = types[i] as Type
    const [low, high] = [x.reduce((m, v) => Math.min(m, v), Infinity), x.reduce((m, v) => Math.max(m, v), -Infinity)]
    return { type, low, high, ...(sameType(type, result) && { here: x[flat] as number }) }
  })
  return { equation, op: q.op, within, value: y[flat] as number, element: placeOf(flat, result), result, args: shown }
}

/** The first evaluation of a body that gives what is not finite, and what it was given. */
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
    case 'Sort':
      return undefined
  }
}

/** `run`: how bodies are evaluated. */
export const culpritAt = (
  p: Closed,
  made: EquationOutput,
  values: Values,
  run: Runner,
  within: readonly string[] = [],
): Culprit => {
  const q = p.equations[made.equation] as Equation
  const types = at(typesOf(p), q.args)
  const args = q.args.map(values)
  const y = values(q.first + made.out)
  const formula = formulaOf(p, made)
  const here: Culprit = {
    ...described(q, made.equation, types, q.outs[made.out] as Type, y, args, within),
    ...(formula !== undefined && { formula }),
  }
  const into = entered(q, types, args, run)
  if (into === undefined) return here
  const [body, inputs, step] = into
  const inner = trace(body, inputs, run)
  const kinds = inner.map(finitenessOf)
  const bad = body.outputs.filter((o) => kinds[o] !== 'finite')
  const from = (Number.isNaN(here.value) ? bad.find((o) => kinds[o] === 'nan') : undefined) ?? bad[0]
  const way = from === undefined ? {} : causeOf(body, kinds, from)
  const deeper = way.nan ?? way.origin
  const path = `equation ${made.equation} (${q.op})${step === undefined ? '' : `, step ${step}`}`
  return deeper === undefined ? here : culpritAt(body, deeper, (k) => inner[k] as Tensor, run, [...within, path])
}
