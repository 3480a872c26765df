/**
 * Where NaN or infinity comes from. A NaN made of infinities is told from the infinity that it was made of:
 *
 *   origin   finite arguments, a result that is not            log(0), exp(1000), 0 / 0
 *   nan      arguments without NaN, a result with one          inf - inf, 0 * inf
 *
 * Inside a scan, a while, a cond or a call the search goes on in the body, at the step that met it first. `onBackend`
 * does the same with the numbers of a back end.
 */

import { type Runner, type Tensor, trace } from '../../../lang/evaluate.ts'
import { runKernel } from '../../../lang/kernel/evaluate.ts'
import { type Closed, inTypes } from '../../../lang/syntax/closed.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import { isReal, type Type } from '../../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, memberAt, nameOf } from '../../../lang/syntax/tree.ts'
import { causeOf, type Finiteness, finitenessOf } from './cause.ts'
import { type Culprit, culpritAt, placeOf, type Values, worstIn } from './culprit.ts'

/** 'single': every result rounded to float32, as most back ends have it. */
export type FloatPrecision = 'double' | 'single'
export type NonFinite =
  /** An input that is itself not finite, and reaches an output. */
  | {
      readonly _tag: 'FromInput'
      readonly output: string
      readonly name: string
      readonly value: number
      readonly element: readonly number[]
    }
  | {
      readonly _tag: 'FromEquation'
      readonly output: string
      readonly precision: FloatPrecision
      readonly origin: Culprit
      /** Where infinities became NaN, where they did. */
      readonly nan?: Culprit
    }

const single: Runner = (out, kernel, types, sources) => {
  const result = runKernel(out, kernel, types, sources)
  return isReal(out) ? result.map(Math.fround) : result
}
const runners: { readonly [P in FloatPrecision]: Runner } = { double: runKernel, single }

/** What is not finite in a program whose values are of these kinds: what of them must be known, and the answer from them. */
export const searched = (program: Program<unknown, unknown>, kinds: readonly Finiteness[]) => {
  const p = program.closed
  const i = p.outputs.findIndex((o) => kinds[o] !== 'finite')
  if (i < 0) return undefined
  const output = nameOf(leavesWithPath(program.out, isTypeOrExpr)[i]?.[0] ?? [])
  const { input, origin, nan } = causeOf(p, kinds, p.outputs[i] as number)
  const numbers = [origin, nan].flatMap((m) => {
    const q = m && p.equations[m.equation]
    return m === undefined || q === undefined ? [] : [...q.args, q.first + m.out]
  })
  const answer = (values: Values, precision: FloatPrecision): NonFinite => {
    const run = runners[precision]
    if (origin === undefined) return fromInput(p, input ?? 0, values(input ?? 0), output)
    const found = { origin: culpritAt(p, origin, values, run), ...(nan && { nan: culpritAt(p, nan, values, run) }) }
    return { _tag: 'FromEquation', output, precision, ...found }
  }
  return { numbers: input === undefined ? numbers : [input, ...numbers], answer }
}
const fromInput = (p: Closed, input: number, x: Tensor, output: string): NonFinite => {
  const flat = worstIn(x)
  const place = placeOf(flat, inTypes(p)[input] as Type)
  return { _tag: 'FromInput', output, name: p.inputs[input]?.name ?? '', value: x[flat] as number, element: place }
}

/**
 * The first equation that makes an output NaN or infinite, or the input that is so from the start; nothing where all
 * outputs are finite. Without a precision, double and then single are tried.
 *
 * @example
 * traceNonFinite(programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x))), { x: [1, -1] })
 */
export const traceNonFinite = <In, Out>(
  program: Program<In, Out>,
  inputs: Arrays<In>,
  precision?: FloatPrecision,
): NonFinite | undefined => {
  if (precision === undefined)
    return traceNonFinite(program, inputs, 'double') ?? traceNonFinite(program, inputs, 'single')
  const round = precision === 'single' ? Math.fround : (x: number): number => x
  const given = leavesWithPath(program.in, isTypeOrExpr).map(([path, type]) => {
    const data = memberAt(inputs, path)
    const values = Float64Array.from(typeof data === 'number' ? [data] : (data as ArrayLike<number>))
    return isReal(type as Type) ? values.map(round) : values
  })
  const values = trace(program.closed, given, runners[precision])
  return searched(program as Program<unknown, unknown>, values.map(finitenessOf))?.answer(
    (k) => values[k] as Tensor,
    precision,
  )
}
