/**
 * Where NaN or infinity comes from. Where a NaN comes from infinities, both equations are reported:
 *
 *   origin   finite arguments, a result that is not            log(0), exp(1000), 0 / 0
 *   nan      arguments without NaN, a result with one          inf - inf, 0 * inf
 *
 * In a scan, a while, a cond or a call the search continues in the body, at the first step whose result is not finite.
 * `onBackend` does the same with the numbers of a back end.
 */

import { type Runner, type Tensor, trace } from '../../../lang/evaluate.ts'
import { runKernel } from '../../../lang/kernel/evaluate.ts'
import { type Closed, inTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { ofProgram } from '../../../lang/syntax/ofProgram.ts'
import type { Program, UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, type Type } from '../../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, memberAt, nameOf } from '../../../lang/syntax/tree.ts'
import { causeOf, type Finiteness, finitenessOf } from './cause.ts'
import { type Culprit, culpritAt, elementOf, type Values, worstIn } from './culprit.ts'

/** 'single': every result is rounded to float32, the precision of most back ends. */
export type FloatPrecision = 'double' | 'single'
/** Where a value that is not finite comes from. */
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
      /** The equation that turned infinities into NaN, if one did. */
      readonly nan?: Culprit
    }

const single: Runner = (out, kernel, types, sources) => {
  const result = runKernel(out, kernel, types, sources)
  return isReal(out) ? result.map(Math.fround) : result
}
const runners: { readonly [P in FloatPrecision]: Runner } = { double: runKernel, single }

/** The search, given the kinds of all values: `numbers` lists the values that it reads, `answer` finds the cause. */
export const searchOf = (program: Program<unknown, unknown>, kinds: readonly Finiteness[]) => {
  const p = program.closed
  const i = p.outputs.findIndex((o) => kinds[o] !== 'finite')
  if (i < 0) return undefined
  const output = nameOf(leavesWithPath(program.out, isTypeOrExpr)[i]?.[0] ?? [])
  const { input, origin, nan } = causeOf(p, kinds, nth(p.outputs, i))
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
  const element = elementOf(flat, nth(inTypes(p), input))
  return { _tag: 'FromInput', output, name: p.inputs[input]?.name ?? '', value: nth(x, flat), element }
}

/**
 * The equation or the input that causes a NaN or an infinity in an output; undefined if all outputs are finite.
 *
 * `precision`: default: double, and if that finds nothing, single
 *
 * @example
 * traceNonFinite(programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x))), { x: [1, -1] })
 */
export const traceNonFinite = ofProgram(
  'traceNonFinite(f: program, inputs, precision?)',
  <In, Out>(program: Program<In, Out>, inputs: Arrays<In>, precision?: FloatPrecision): NonFinite | undefined =>
    precision === undefined
      ? (found(program, inputs, 'double') ?? found(program, inputs, 'single'))
      : found(program, inputs, precision),
)
const found = (program: UntypedProgram, inputs: unknown, precision: FloatPrecision): NonFinite | undefined => {
  const round = precision === 'single' ? Math.fround : (x: number): number => x
  const given = leavesWithPath(program.in, isTypeOrExpr).map(([path, type]) => {
    const data = memberAt(inputs, path)
    const values = Float64Array.from(typeof data === 'number' ? [data] : (data as ArrayLike<number>))
    return isReal(type as Type) ? values.map(round) : values
  })
  const values = trace(program.closed, given, runners[precision])
  return searchOf(program, values.map(finitenessOf))?.answer((k) => nth(values, k), precision)
}
