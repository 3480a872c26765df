/**
 * Sorting, loops, whiles and branches as control flow. The values of an inner plan stand in the same memory; what it only
 * reads is where the outer plan has it.
 */
import { sizeOf, type Type } from '../../lang/shape.ts'
import type { BranchStep, LoopStep, Plan, SortStep, WhileStep } from '../schedule/plan.ts'
import { type Code, count, i32, none, seq, when, whileDo } from './assembler/index.ts'
import type { Place } from './kernel/place.ts'
import { sizeAt } from './layout.ts'
import { copy, moveAll, moves } from './moves.ts'
import { around, first, inTurn, type Section } from './team.ts'
import { at, type Places, type Writer } from './writer.ts'

/** The steps of a plan over inputs that are where they are, and where its outputs will be. */
export type WritePlan = (w: Writer, p: Plan, inputs: readonly Place[]) => WrittenPlan
export interface WrittenPlan {
  readonly section: Section
  readonly outputs: readonly Place[]
}
const wanted = (outs: readonly (number | undefined)[], places: Places): readonly (Place | undefined)[] =>
  outs.map((v) => (v === undefined ? undefined : at(places, v)))
export const writeSort = (w: Writer, p: Plan, s: SortStep, places: Places): Section => {
  const { shape, dtype } = p.types[s.arg] as Type
  const n = shape.at(-1) ?? 1
  const rows = n === 0 ? 0 : sizeOf(shape) / n
  const [spare, row] = [w.arena.take(n), w.locals('i32')]
  const to = (place: Place): Code<'i32'> => i32.add(i32.const(place.base), i32.mul(row.get, i32.const(4 * n)))
  const sort = w.sorter(dtype, s.descending)
  const one = sort.call(to(at(places, s.arg)), to(at(places, s.out)), i32.const(spare.base), i32.const(n))
  return first(count(row, i32.const(0), i32.const(rows), 1, one))
}

const own = (w: Writer, p: Plan, v: number): Place => w.arena.take(sizeAt(p, v))

export const writeLoop = (w: Writer, write: WritePlan, p: Plan, s: LoopStep, places: Places): Section => {
  const [step, t] = [w.locals('i32'), w.locals('i32')]
  const args = s.args.map((v) => at(places, v))
  const carries = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const rows = s.body.inputs.slice(s.carries, s.carries + s.rows).map((r) => w.arena.take(sizeOf(r.shape)))
  const { section, outputs } = write(w, s.body, [...carries, ...rows, ...args.slice(s.carries + s.rows)])
  const row = (whole: Place, one: Place): Code<'i32'> =>
    i32.add(i32.const(whole.base), i32.mul(t.get, i32.const(4 * one.size)))
  const stack = (k: number, one: Place): Code => {
    const v = s.outs[s.carries + k]
    return v === undefined ? none : copy(row(at(places, v), one), i32.const(one.base), one.size)
  }
  const ys = outputs.slice(s.carries)
  const body = inTurn(w.team, [
    first(
      seq(
        ...rows.map((r, k) => copy(i32.const(r.base), row(args[s.carries + k] as Place, r), r.size)),
        ...carries.map((c, k) => stack(ys.length + k, c)),
      ),
    ),
    section,
    first(seq(...ys.map((y, k) => stack(k, y)), moveAll(w.arena, carries, outputs.slice(0, s.carries)))),
  ])
  const now = t.set(s.reverse ? i32.sub(i32.const(s.length - 1), step.get) : step.get)
  return inTurn(w.team, [
    first(moves(carries, args)),
    around(w.team, [body], ([turn]) => count(step, i32.const(0), i32.const(s.length), 1, seq(now, turn as Code))),
    first(moves(wanted(s.outs, places), carries)),
  ])
}
export const writeWhile = (w: Writer, write: WritePlan, p: Plan, s: WhileStep, places: Places): Section => {
  const go = w.locals('i32')
  const args = s.args.map((v) => at(places, v))
  const state = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const inputs = [...state, ...args.slice(s.carries)]
  const test = w.arena.inside(() => write(w, s.test, inputs))
  const body = write(w, s.body, inputs)
  const next = inTurn(w.team, [body.section, first(moveAll(w.arena, state, body.outputs))])
  const answer = go.set(i32.load(i32.const(0), (test.outputs[0] as Place).base))
  return inTurn(w.team, [
    first(moves(state, args)),
    around(w.team, [test.section, next], ([asked, turn], meet) => {
      // all have read the answer before anything changes it
      const ask = seq(asked as Code, answer, meet())
      return seq(ask, whileDo(go.get, seq(turn as Code, ask)))
    }),
    first(moves(wanted(s.outs, places), state)),
  ])
}
export const writeBranch = (w: Writer, write: WritePlan, s: BranchStep, places: Places): Section => {
  const [test, ...args] = s.args.map((v) => at(places, v))
  const bodies = s.bodies.map((b) =>
    w.arena.inside(() => {
      const { section, outputs } = write(w, b, args)
      return inTurn(w.team, [section, first(moves(wanted(s.outs, places), outputs))])
    }),
  )
  return around(w.team, bodies, ([yes, no]) =>
    when(i32.load(i32.const(0), (test as Place).base), yes as Code, no as Code),
  )
}
