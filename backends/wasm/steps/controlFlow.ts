/**
 * Sort, Loop, While and Branch as control flow. An inner plan uses the same memory: values that it only reads stay in the
 * regions of the outer plan.
 */
import { bug } from '../../../lang/syntax/error.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { updatesInPlace } from '../../schedule/overwrite.ts'
import {
  type BranchStep,
  type LoopStep,
  type Plan,
  type SortStep,
  sizeAt,
  typeOf,
  type WhileStep,
} from '../../schedule/plan.ts'
import { all, type Code, count, i32, type Local, type Locals, none, seq, when, whileDo } from '../assembler/index.ts'
import type { Region } from '../kernel/region.ts'
import { at, type Regions, type Writer } from '../kernel/writer.ts'
import { copy, copyEach, copyTogether } from './copies.ts'
import { largeStep, sortWork } from './worth.ts'

/** Writes the steps of a plan over the regions of its inputs. `kept`: the regions of values that overwrite an input. */
type WritePlan = (w: Writer, p: Plan, inputs: readonly Region[], kept?: Regions) => PlanCode
export interface PlanCode {
  readonly code: Code
  readonly outputs: readonly Region[]
}
const regionsOf = (outs: readonly (number | undefined)[], regions: Regions): readonly (Region | undefined)[] =>
  outs.map((v) => (v === undefined ? undefined : at(regions, v)))
/** Every row by itself. */
export const writeSort = (w: Writer, p: Plan, s: SortStep, regions: Regions): Code => {
  const { shape, dtype } = typeOf(p, s.arg)
  const n = shape.at(-1) ?? 1
  const rows = n === 0 ? 0 : sizeOf(shape) / n
  const sort = w.sorter(dtype, s.descending)
  const [from, out] = [at(regions, s.arg), at(regions, s.out)]
  // every thread has memory of its own to merge in
  const each = w.arena.take(n * w.team.threads, 'int')
  const spare = i32.add(i32.const(each.base), i32.mul(w.team.me, i32.const(each.width * n)))
  const range = (locals: Locals, first: Code<'i32'>, end: Code<'i32'>): Code => {
    const row = locals('i32')
    const to = ({ base, width }: Region): Code<'i32'> =>
      i32.add(i32.const(base), i32.mul(row.get, i32.const(width * n)))
    return count(row, first, end, 1, sort.call(to(from), to(out), spare, i32.const(n)))
  }
  const isLarge = rows > 1 && sortWork(rows, n) >= largeStep
  return isLarge ? w.team.shared(w.locals, rows, 1, range) : range(w.locals, i32.const(0), i32.const(rows))
}

/** Reads a test, which every while and branch has. */
const truthAt = (test: Region | undefined): Code<'i32'> => i32.load(i32.const(0), (test ?? bug('no test')).base)
const own = (w: Writer, p: Plan, v: number): Region => w.arena.take(sizeAt(p, v), typeOf(p, v).dtype)

export const writeLoop = (w: Writer, write: WritePlan, p: Plan, s: LoopStep, regions: Regions): Code => {
  const [step, t] = [w.locals('i32'), w.locals('i32')]
  const args = s.args.map((v) => at(regions, v))
  const carries = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const rows = s.body.inputs.slice(s.carries, s.carries + s.rows).map((r) => w.arena.take(sizeOf(r.shape), r.dtype))
  const inputs = [...carries, ...rows, ...args.slice(s.carries + s.rows)]
  // carries are stacked before the body runs, and may be overwritten in it
  const kept = updatesInPlace(s.body, s.carries, s.carries + s.rows)
  const { code, outputs } = write(w, s.body, inputs, new Map([...kept].map(([v, k]) => [v, nth(inputs, k)])))
  const row = (whole: Region, one: Region): Code<'i32'> =>
    i32.add(i32.const(whole.base), i32.mul(t.get, i32.const(one.width * one.size)))
  const stack = (k: number, one: Region): Code => {
    const v = s.outs[s.carries + k]
    return v === undefined ? none : copy(row(at(regions, v), one), i32.const(one.base), one)
  }
  const ys = outputs.slice(s.carries)
  const iteration = all([
    t.set(s.reverse ? i32.sub(i32.const(s.length - 1), step.get) : step.get),
    ...rows.map((r, k) => copy(i32.const(r.base), row(args[s.carries + k] ?? bug('no rows'), r), r)),
    ...carries.map((c, k) => stack(ys.length + k, c)),
    code,
    ...ys.map((y, k) => stack(k, y)),
    copyTogether(w.arena, carries, outputs.slice(0, s.carries)),
  ])
  return seq(
    copyEach(carries, args),
    count(step, i32.const(0), i32.const(s.length), 1, iteration),
    copyEach(regionsOf(s.outs, regions), carries),
  )
}
export const writeWhile = (w: Writer, write: WritePlan, p: Plan, s: WhileStep, regions: Regions): Code => {
  const [go, steps] = [w.locals('i32'), w.locals('i32')]
  const args = s.args.map((v) => at(regions, v))
  const state = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const inputs = [...state, ...args.slice(s.carries)]
  const test = w.arena.inside(() => write(w, s.test, inputs))
  const body = write(w, s.body, inputs)
  const evaluateTest = seq(test.code, go.set(truthAt(test.outputs[0])))
  const iteration = seq(countStep(w, s, steps), body.code, copyTogether(w.arena, state, body.outputs))
  return seq(
    copyEach(state, args),
    steps.set(i32.const(0)),
    evaluateTest,
    whileDo(go.get, seq(iteration, evaluateTest)),
    copyEach(regionsOf(s.outs, regions), state),
  )
}
/** The largest number of steps that a local can count; a longer loop does not end in practice. */
const mostSteps = 2 ** 31 - 1
const countStep = (w: Writer, s: WhileStep, steps: Local<'i32'>): Code =>
  s.limit === undefined || s.limit > mostSteps
    ? none
    : seq(when(i32.eq(steps.get, i32.const(s.limit)), w.endAtLimit(s)), steps.set(i32.add(steps.get, i32.const(1))))
export const writeBranch = (w: Writer, write: WritePlan, s: BranchStep, regions: Regions): Code => {
  const [test, ...args] = s.args.map((v) => at(regions, v))
  const branch = (body: Plan): Code =>
    w.arena.inside(() => {
      const { code, outputs } = write(w, body, args)
      return seq(code, copyEach(regionsOf(s.outs, regions), outputs))
    })
  const [yes, no] = s.bodies
  return when(truthAt(test), branch(yes), branch(no))
}
