/**
 * Sorting, loops, whiles and branches as control flow. The values of an inner plan stand in the same memory; what it only
 * reads is where the outer plan has it.
 */
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import type { BranchStep, LoopStep, Plan, SortStep, WhileStep } from '../../schedule/plan.ts'
import { type Code, count, i32, none, seq, when, whileDo } from '../assembler/index.ts'
import { sizeAt } from '../kernel/arena.ts'
import type { Place } from '../kernel/place.ts'
import { at, type Places, type Writer } from '../kernel/writer.ts'
import { copy, moveAll, moves } from './copies.ts'

/** The steps of a plan over inputs that are where they are, and where its outputs will be. */
export type WritePlan = (w: Writer, p: Plan, inputs: readonly Place[]) => WrittenPlan
export interface WrittenPlan {
  readonly code: Code
  readonly outputs: readonly Place[]
}
const wanted = (outs: readonly (number | undefined)[], places: Places): readonly (Place | undefined)[] =>
  outs.map((v) => (v === undefined ? undefined : at(places, v)))
export const writeSort = (w: Writer, p: Plan, s: SortStep, places: Places): Code => {
  const { shape, dtype } = p.types[s.arg] as Type
  const n = shape.at(-1) ?? 1
  const rows = n === 0 ? 0 : sizeOf(shape) / n
  const [spare, row] = [w.arena.take(n), w.locals('i32')]
  const to = (place: Place): Code<'i32'> => i32.add(i32.const(place.base), i32.mul(row.get, i32.const(4 * n)))
  const sort = w.sorter(dtype, s.descending)
  const one = sort.call(to(at(places, s.arg)), to(at(places, s.out)), i32.const(spare.base), i32.const(n))
  return count(row, i32.const(0), i32.const(rows), 1, one)
}

const own = (w: Writer, p: Plan, v: number): Place => w.arena.take(sizeAt(p, v))

export const writeLoop = (w: Writer, write: WritePlan, p: Plan, s: LoopStep, places: Places): Code => {
  const [step, t] = [w.locals('i32'), w.locals('i32')]
  const args = s.args.map((v) => at(places, v))
  const carries = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const rows = s.body.inputs.slice(s.carries, s.carries + s.rows).map((r) => w.arena.take(sizeOf(r.shape)))
  const { code, outputs } = write(w, s.body, [...carries, ...rows, ...args.slice(s.carries + s.rows)])
  const row = (whole: Place, one: Place): Code<'i32'> =>
    i32.add(i32.const(whole.base), i32.mul(t.get, i32.const(4 * one.size)))
  const stack = (k: number, one: Place): Code => {
    const v = s.outs[s.carries + k]
    return v === undefined ? none : copy(row(at(places, v), one), i32.const(one.base), one.size)
  }
  const ys = outputs.slice(s.carries)
  const turn = seq(
    t.set(s.reverse ? i32.sub(i32.const(s.length - 1), step.get) : step.get),
    ...rows.map((r, k) => copy(i32.const(r.base), row(args[s.carries + k] as Place, r), r.size)),
    ...carries.map((c, k) => stack(ys.length + k, c)),
    code,
    ...ys.map((y, k) => stack(k, y)),
    moveAll(w.arena, carries, outputs.slice(0, s.carries)),
  )
  return seq(
    moves(carries, args),
    count(step, i32.const(0), i32.const(s.length), 1, turn),
    moves(wanted(s.outs, places), carries),
  )
}
export const writeWhile = (w: Writer, write: WritePlan, p: Plan, s: WhileStep, places: Places): Code => {
  const go = w.locals('i32')
  const args = s.args.map((v) => at(places, v))
  const state = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const inputs = [...state, ...args.slice(s.carries)]
  const test = w.arena.inside(() => write(w, s.test, inputs))
  const body = write(w, s.body, inputs)
  const ask = seq(test.code, go.set(i32.load(i32.const(0), (test.outputs[0] as Place).base)))
  const turn = seq(body.code, moveAll(w.arena, state, body.outputs))
  return seq(moves(state, args), ask, whileDo(go.get, seq(turn, ask)), moves(wanted(s.outs, places), state))
}
export const writeBranch = (w: Writer, write: WritePlan, s: BranchStep, places: Places): Code => {
  const [test, ...args] = s.args.map((v) => at(places, v))
  const [yes, no] = s.bodies.map((b) =>
    w.arena.inside(() => {
      const { code, outputs } = write(w, b, args)
      return seq(code, moves(wanted(s.outs, places), outputs))
    }),
  ) as [Code, Code]
  return when(i32.load(i32.const(0), (test as Place).base), yes, no)
}
