/**
 * What a check may cost, and what it has cost. A while loop may never end at a point that nobody foresaw, so every step of
 * one counts like an evaluation. The count is the same on every machine; time is measured only by a clock that is given.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Evaluator } from '../../lang/backend.ts'
import { type Runner, type Tensor, trace } from '../../lang/evaluate.ts'
import { runKernel } from '../../lang/kernel/evaluate.ts'
import { isLimitReached } from '../../lang/kernel/limit.ts'
import { at, type Closed, typesOf } from '../../lang/syntax/closed.ts'
import { isReal, sizeOf } from '../../lang/syntax/shape.ts'
import { type EvaluateRounded, onReference, type Rounding, type TouchedRounding } from './rounding.ts'

/** What a check is doing, and what it has spent. */
export interface CheckProgress extends Spent {
  /** 'point 2 of 3: coordinates' */
  readonly doing: string
}
/** How much a check may cost. When that is spent, it ends with what it has found. */
export interface Budget {
  /** Evaluations of the program and of its derivatives; a step of a while loop counts as one. Default: a million. */
  readonly evaluations?: number
  /** Seconds, as `now` measures them. Default: no limit. */
  readonly seconds?: number
  /** The time in milliseconds, for example performance.now. Without it time is neither measured nor limited. */
  readonly now?: () => number
  /** Called as the check goes on, at least at every new point. */
  readonly onProgress?: (p: CheckProgress) => IO<void>
  /** What evaluates large programs, in float64: `evaluator()` of the back ends. Default: the reference. */
  readonly on?: Evaluator
}
/** What a check has cost. */
export interface Spent {
  readonly evaluations: number
  /** The most evaluations that it might take. */
  readonly evaluationLimit: number
  /** Absent where no clock was given. */
  readonly seconds?: number
  readonly secondLimit?: number
  /** The check ended because the budget was spent. */
  readonly exhausted: boolean
}
/** Evaluation that counts. */
export interface EvaluationMeter {
  /** The outputs; all of them NaN where a loop reaches its own limit. */
  readonly evaluate: EvaluateRounded
  /** Whether there is an evaluator beside the reference. */
  readonly hasEvaluator: boolean
  /** The outputs of a program that the evaluator takes; else what `otherwise` finds by evaluating another one. */
  readonly evaluateOn: (
    p: Closed,
    x: readonly Tensor[],
    rounding: Rounding | undefined,
    otherwise: (evaluate: EvaluateRounded) => readonly Tensor[],
  ) => readonly Tensor[]
  /** Every value, likewise. */
  readonly trace: (p: Closed, x: readonly Tensor[]) => readonly Tensor[]
  /** Every value where some output is not finite; undefined where all are. */
  readonly traceNonFinite: (p: Closed, x: readonly Tensor[]) => readonly Tensor[] | undefined
  /** A runner that counts the steps of loops. */
  readonly counting: (run: Runner) => Runner
  readonly doing: (what: string) => void
  readonly spent: () => Spent
}

const usual = 1_000_000
/** Evaluations between two reports. */
const reportEvery = 500
const budgetSpent = 'BudgetSpent'

export const allFinite = (x: Tensor): boolean => x.every((v) => Number.isFinite(v))
const everyValue = (p: Closed): readonly number[] => [...typesOf(p).keys()]

/** Whether every real input is touched, as an evaluator does it. */
const touchesAll = (p: Closed, rounding: TouchedRounding | undefined): boolean =>
  rounding === undefined || p.inputs.every(({ type }, k) => !isReal(type) || rounding.touched(k))
/** The result of an act; undefined where the budget is spent before it ends. */
export const within = <A>(act: () => A): A | undefined => {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && error.name === budgetSpent) return undefined
    throw error
  }
}
export const meterOf = ({ evaluations = usual, seconds, now, onProgress, on }: Budget): EvaluationMeter => {
  const start = now?.()
  let count = 0
  let exhausted = false
  let doing = ''
  const elapsed = (): number | undefined => (now && start !== undefined ? (now() - start) / 1000 : undefined)
  const spent = (): Spent => {
    const time = elapsed()
    return {
      evaluations: count,
      evaluationLimit: evaluations,
      ...(time !== undefined && { seconds: time }),
      ...(time !== undefined && seconds !== undefined && { secondLimit: seconds }),
      exhausted,
    }
  }
  const end = (): never => {
    exhausted = true
    throw Object.assign(new Error('the budget of the check is spent'), { name: budgetSpent })
  }
  const onTime = (): void => {
    if (seconds !== undefined && (elapsed() ?? 0) > seconds) end()
  }
  const charge = (): void => {
    if (count >= evaluations) end()
    onTime()
    count++
    if (count % reportEvery === 0) onProgress?.({ doing, ...spent() })()
  }
  const counting = (run: Runner): Runner =>
    Object.assign(
      (...args: Parameters<Runner>) => {
        onTime()
        return run(...args)
      },
      { beforeStep: charge },
    )
  const traced = (p: Closed, x: readonly Tensor[]): readonly Tensor[] => trace(p, x, counting(runKernel))
  /** All NaN where a loop reaches its own limit. */
  const metered = <A>(p: Closed, numbers: (p: Closed) => readonly number[], act: () => A): A | readonly Tensor[] => {
    charge()
    try {
      return act()
    } catch (error) {
      if (!isLimitReached(error)) throw error
      const types = typesOf(p)
      return numbers(p).map((v) => new Float64Array(sizeOf(types[v]?.shape ?? [])).fill(Number.NaN))
    }
  }
  const unmetered: EvaluateRounded = (p, x, rounding) =>
    (touchesAll(p, rounding) ? on?.evaluate(p, x, rounding?.noise) : undefined) ??
    onReference(p, x, rounding, counting(rounding?.run ?? runKernel))
  const outputsOf = (p: Closed): readonly number[] => p.outputs
  return {
    evaluate: (p, x, rounding) => metered(p, outputsOf, () => unmetered(p, x, rounding)),
    hasEvaluator: on !== undefined,
    evaluateOn: (p, x, rounding, otherwise) =>
      metered(p, outputsOf, () => on?.evaluate(p, x, rounding?.noise) ?? otherwise(unmetered)),
    trace: (p, x) => metered(p, everyValue, () => traced(p, x)),
    traceNonFinite: (p, x) => {
      const found = metered(p, everyValue, () => {
        const outputs = on?.evaluate(p, x)
        return outputs?.every(allFinite) ? undefined : traced(p, x)
      })
      return found === undefined || at(found, p.outputs).every(allFinite) ? undefined : found
    },
    counting,
    doing: (what) => {
      doing = what
      onProgress?.({ doing, ...spent() })()
    },
    spent,
  }
}
