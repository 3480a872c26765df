/**
 * Where NaN or infinity comes from. Where a NaN comes from infinities, both equations are reported:
 *
 *   origin   finite arguments, a result that is not            log(0), exp(1000), 0 / 0
 *   nan      arguments without NaN, a result with one          inf - inf, 0 * inf
 *
 * In a scan, a while, a cond or a call the search continues in the body, at the first step whose result is not finite.
 * A loop may never end on the inputs, so the search has a budget.
 * `onBackend` does the same with the numbers of a back end.
 */

import { type Runner, type Tensor, trace } from '../../../lang/evaluate.ts'
import { runKernel } from '../../../lang/kernel/evaluate.ts'
import { type Closed, inTypes } from '../../../lang/syntax/closed.ts'
import { orThrow } from '../../../lang/syntax/error.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { flatAt } from '../../../lang/syntax/nested.ts'
import { ofProgram } from '../../../lang/syntax/ofProgram.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import { isReal, type Type } from '../../../lang/syntax/shape.ts'
import { type Data, isTypeOrExpr, leavesWithPath, memberAt, nameOf } from '../../../lang/syntax/tree.ts'
import { type Budget, type EvaluationMeter, meterOf, type Spent, within } from '../budget.ts'
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
  /** The budget was spent before the search ended. */
  | { readonly _tag: 'BudgetSpent'; readonly spent: Spent }

const single: Runner = (out, kernel, types, sources) => {
  const result = runKernel(out, kernel, types, sources)
  return isReal(out) ? result.map(Math.fround) : result
}
const runners: { readonly [P in FloatPrecision]: Runner } = { double: runKernel, single }

/** The search, given the kinds of all values: `numbers` lists the values that it reads, `answer` finds the cause. */
export const searchOf = (
  program: Program<unknown, unknown>,
  kinds: readonly Finiteness[],
  { counting }: EvaluationMeter,
) => {
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
    const run = counting(runners[precision])
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

/** What a search finds within a budget. */
export const affordable = (meter: EvaluationMeter, search: () => NonFinite | undefined): NonFinite | undefined => {
  const found = within(search)
  const spent = meter.spent()
  return spent.exhausted ? { _tag: 'BudgetSpent', spent } : found
}
const traceIn = <In, Out>(
  program: Program<In, Out>,
  inputs: Data<In>,
  precision: FloatPrecision,
  meter: EvaluationMeter,
): NonFinite | undefined => {
  const round = precision === 'single' ? Math.fround : (x: number): number => x
  const flat = orThrow(flatAt('traceNonFinite', program.in, inputs))
  const given = leavesWithPath(program.in, isTypeOrExpr).map(([path, type]) => {
    const data = memberAt(flat, path)
    const values = Float64Array.from(typeof data === 'number' ? [data] : (data as ArrayLike<number>))
    return isReal(type as Type) ? values.map(round) : values
  })
  const values = trace(program.closed, given, meter.counting(runners[precision]))
  return searchOf(program, values.map(finitenessOf), meter)?.answer((k) => nth(values, k), precision)
}
/**
 * The equation or the input that causes a NaN or an infinity in an output; undefined if all outputs are finite. Every step
 * of a while loop counts as an evaluation: where the budget is spent, the answer is BudgetSpent and says what was.
 *
 * `precision`: default: double, and if that finds nothing, single
 *
 * @example
 * traceNonFinite(programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x))), { x: [1, -1] })
 */
export const traceNonFinite = ofProgram(
  'traceNonFinite(f: program, inputs, precision?, budget?)',
  <In, Out>(
    program: Program<In, Out>,
    inputs: Data<In>,
    precision?: FloatPrecision,
    budget: Budget = {},
  ): NonFinite | undefined => {
    const meter = meterOf(budget)
    const search = (p: FloatPrecision): NonFinite | undefined => traceIn(program, inputs, p, meter)
    return affordable(meter, () =>
      precision === undefined ? (search('double') ?? search('single')) : search(precision),
    )
  },
)
