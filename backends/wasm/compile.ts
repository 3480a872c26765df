/**
 * A plan as one module: a function for every kernel, and one that runs them in order. Loops, branches and sorting are
 * control flow of that function; the values of an inner plan stand in the same memory, and what it only reads is where the
 * outer plan has it.
 */
import type { Scalar } from '../../lang/kernel/index.ts'
import { sizeOf, type Type } from '../../lang/shape.ts'
import { flopsIn } from '../schedule/cost.ts'
import {
  type BranchStep,
  type KernelStep,
  type LoopStep,
  type Plan,
  plansWithin,
  type SortStep,
  type Step,
  type WhileStep,
} from '../schedule/plan.ts'
import {
  type Code,
  count,
  i32,
  type Locals,
  type ModuleBuilder,
  makeModule,
  memory,
  none,
  seq,
  when,
  whileDo,
} from './assembler/index.ts'
import { type Contraction, contractionIn } from './contraction.ts'
import { type Finite, writeFinite } from './finite.ts'
import { simplified } from './flat.ts'
import { type Library, makeLibrary } from './functions/library.ts'
import { type GemmStep, isWorthPacking, writeGemm } from './gemm/gemm.ts'
import { inPlace } from './inplace.ts'
import { type Written, writeKernel } from './kernel/kernel.ts'
import { margin, type Place } from './kernel/place.ts'
import { type Arena, makeArena, placesOf, sizeAt } from './layout.ts'
import { lower, shapesOf } from './lower.ts'
import { splitShifts } from './shift.ts'
import { shortLoops } from './short.ts'
import { type Sorter, writeSort } from './sort.ts'
import { type Split, splitProduct, splitReduction } from './split.ts'
import { all, around, byAll, first, inTurn, makeTeam, type Section, single, type Team, writeWork } from './team.ts'

export interface Compiled {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly pages: number
  readonly inputs: readonly Place[]
  readonly outputs: readonly Place[]
  /** Numbers to be there before the first run. */
  readonly data: readonly Constant[]
  /** How many it is made for: 1 where no step is worth sharing. */
  readonly threads: number
}
export interface Settings {
  readonly threads?: number
  /** Multiply and add in one instruction, where the engine has it. */
  readonly relaxed?: boolean
}
export interface Constant {
  readonly place: Place
  readonly dtype: Type['dtype']
  readonly values: readonly number[]
}
const page = 65536
/** Operations of a step that pay for sharing it. */
const largeStep = 20000

interface Writer {
  readonly m: ModuleBuilder
  readonly lib: Library
  readonly arena: Arena
  readonly locals: Locals
  readonly relaxed: boolean
  readonly team: Team
  /** Constants, one place for each step however often its plan is used. */
  readonly constant: (values: readonly number[]) => Place
  readonly finite: () => Finite
  readonly sorter: (dtype: Type['dtype'], descending: boolean) => Sorter
}
type Places = ReadonlyMap<number, Place>
const at = (places: Places, v: number): Place => places.get(v) as Place

/** `carried`: how many of the first outputs are the first inputs of the next run, when `commit` is called. */
export const compilePlan = (plan: Plan, carried = 0, { threads = 1, relaxed = false }: Settings = {}): Compiled => {
  const m = makeModule()
  const several = threads > 1 ? makeTeam(m, threads) : undefined
  const team = several?.team ?? single
  const lib = makeLibrary(m)
  const arena = makeArena(margin)
  const data = new Map<readonly number[], Constant>()
  const sorters = new Map<string, Sorter>()
  let finite: Finite | undefined
  const inputs = plan.inputs.map((t) => arena.take(sizeOf(t.shape)))
  for (const [values, dtype] of constantsOf(plan))
    if (!data.has(values)) data.set(values, { place: arena.take(values.length), dtype, values })
  let outputs: readonly Place[] = []
  let together = false
  const run = m.func([], 'none', (locals) => {
    const w: Writer = {
      m,
      lib,
      arena,
      locals,
      relaxed,
      team,
      constant: (values) => (data.get(values) as Constant).place,
      finite: () => {
        finite ??= writeFinite(m)
        return finite
      },
      sorter: (dtype, descending) => {
        const key = `${dtype} ${descending}`
        const made = sorters.get(key) ?? writeSort(m, dtype, descending)
        sorters.set(key, made)
        return made
      },
    }
    const kept = new Map([...inPlace(plan, carried)].map(([v, k]) => [v, inputs[k] as Place]))
    const written = writePlan(w, plan, inputs, kept)
    outputs = written.outputs
    together = written.section.by === 'all'
    return byAll(team, written.section)
  })
  const commit = m.func([], 'none', () => moveAll(arena, inputs.slice(0, carried), outputs.slice(0, carried)))
  m.export('run', run)
  m.export('commit', commit)
  if (several) writeWork(m, several.me, run.call())
  const pages = Math.ceil((arena.end() + margin) / page)
  return {
    bytes: m.finish({ pages, ...(several && { shared: { maximum: pages } }) }),
    pages,
    inputs,
    outputs,
    data: [...data.values()],
    threads: together ? threads : 1,
  }
}
type Numbers = readonly [values: readonly number[], dtype: Type['dtype']]
const constantsOf = (p: Plan): readonly Numbers[] =>
  plansWithin(p).flatMap((q) =>
    q.steps.flatMap((s) => (s._tag === 'Data' ? [[s.values, (q.types[s.out] as Type).dtype] as const] : [])),
  )

interface WrittenPlan {
  readonly section: Section
  readonly outputs: readonly Place[]
}
/** The steps, over inputs that are where they are; outputs may be inputs, or one another. */
const writePlan = (w: Writer, p: Plan, inputs: readonly Place[], kept: Places = new Map()): WrittenPlan => {
  const places = new Map<number, Place>([...inputs.entries(), ...placesOf(p, w.arena), ...kept])
  for (const s of p.steps) if (s._tag === 'Data') places.set(s.out, w.constant(s.values))
  const section = inTurn(
    w.team,
    p.steps.map((s) => writeStep(w, p, s, places)),
  )
  return { section, outputs: p.outputs.map((o) => at(places, o)) }
}
const writeStep = (w: Writer, p: Plan, s: Step, places: Places): Section => {
  switch (s._tag) {
    case 'Data':
      return first(none)
    case 'Kernel':
      return writeKernelStep(w, p, s, places)
    case 'Sort':
      return w.arena.inside(() => writeSortStep(w, p, s, places))
    case 'Loop':
      return w.arena.inside(() => writeLoop(w, p, s, places))
    case 'While':
      return w.arena.inside(() => writeWhile(w, p, s, places))
    case 'Branch':
      return w.arena.inside(() => writeBranch(w, s, places))
  }
}

const writeKernelStep = (w: Writer, p: Plan, s: KernelStep, places: Places): Section => {
  const type = p.types[s.out] as Type
  return writeElements(w, {
    axes: s.indices,
    body: simplified(s.body),
    shapes: shapesOf(s.reads, p.types),
    reads: s.reads.map((v) => at(places, v)),
    out: at(places, s.out),
    dtype: type.dtype,
    label: `%${s.out} ${s.ops.join(' ')}`,
  })
}
/** out[axes] = body: in two rounds where that is less work, on the matrix core where that pays, else loop by loop. */
const writeElements = (w: Writer, s: GemmStep): Section => {
  if (s.axes.some((i) => i.size === 0)) return first(none)
  const shifts = splitShifts(s.axes, s.body, s.reads.length)
  if (shifts) return writeParts(w, s, shifts)
  const c = contractionIn(s.axes, s.body)
  const long = c && isWorthPacking(c) ? splitProduct(s.axes, c, s.body, s.reads.length) : undefined
  if (long) return writeParts(w, s, long)
  const packs = c !== undefined && isWorthPacking(c) && c.finite.every((x) => x._tag === 'Load')
  if (packs && c.finite.length === 0) return writeProduct(w, c, s)
  if (packs)
    return whereFinite(
      w,
      c.finite,
      s.reads,
      () => writeProduct(w, c, s),
      () => writeLoops(w, s),
    )
  const split = splitReduction(s.axes, s.body, s.reads.length)
  return split ? writeParts(w, s, split) : writeLoops(w, s)
}
const writeProduct = (w: Writer, c: Contraction, s: GemmStep): Section =>
  w.arena.inside(() =>
    writeGemm(
      { m: w.m, lib: w.lib, arena: w.arena, local: () => w.locals('i32'), relaxed: w.relaxed, team: w.team },
      c,
      s,
    ),
  )
const writeLoops = (w: Writer, s: GemmStep): Section => {
  const lowered = lower(s.axes, shortLoops(s.body), s.shapes)
  const work = (1 + flopsIn(s.axes, s.body)) * sizeOf(s.axes.map((i) => i.size))
  return together(w, writeKernel(w.m, w.lib, lowered, s.reads, s.out, s.dtype, s.label), work)
}
/** The first where all that these scalars load is finite, else the second. */
const whereFinite = (
  w: Writer,
  loads: readonly Scalar[],
  reads: readonly Place[],
  yes: () => Section,
  no: () => Section,
): Section =>
  w.arena.inside(() => {
    const answer = i32.const(w.arena.take(1).base)
    const places = loads.flatMap((x) => (x._tag === 'Load' ? [reads[x.source] as Place] : []))
    const asked = places.map((p) => w.finite().call(i32.const(p.base), i32.const(p.size)))
    const all = asked.reduce((a, b) => i32.and(a, b))
    return inTurn(w.team, [
      first(i32.store(answer, all)),
      around(w.team, [yes(), no()], ([fast, slow]) => when(i32.load(answer), fast as Code, slow as Code)),
    ])
  })
const writeParts = (w: Writer, s: GemmStep, { axes, part, body }: Split): Section =>
  w.arena.inside(() => {
    const shape = axes.map((i) => i.size)
    const out = w.arena.take(sizeOf(shape))
    return inTurn(w.team, [
      writeElements(w, { ...s, axes, body: part, out, dtype: part.dtype, label: `${s.label}: parts` }),
      writeElements(w, { ...s, body, shapes: [...s.shapes, shape], reads: [...s.reads, out] }),
    ])
  })
/** A kernel by all threads where it is large, else by the first. */
const together = ({ team }: Writer, { run, count: turns, grain }: Written, work: number): Section =>
  team.threads > 1 && work >= largeStep && turns >= team.threads
    ? all(
        seq(
          team.shared(turns, grain, (from, to) => run.call(from, to)),
          team.barrier(),
        ),
      )
    : first(run.call(i32.const(0), i32.const(turns)))
const writeSortStep = (w: Writer, p: Plan, s: SortStep, places: Places): Section => {
  const { shape, dtype } = p.types[s.arg] as Type
  const n = shape.at(-1) ?? 1
  const rows = n === 0 ? 0 : sizeOf(shape) / n
  const [spare, row] = [w.arena.take(n), w.locals('i32')]
  const to = (place: Place): Code<'i32'> => i32.add(i32.const(place.base), i32.mul(row.get, i32.const(4 * n)))
  const sort = w.sorter(dtype, s.descending)
  const one = sort.call(to(at(places, s.arg)), to(at(places, s.out)), i32.const(spare.base), i32.const(n))
  return first(count(row, i32.const(0), i32.const(rows), 1, one))
}

// -- forms -----------------------------------------------------------------------------------------------------------

const copy = (to: Code<'i32'>, from: Code<'i32'>, elements: number): Code =>
  elements === 0 ? none : memory.copy(to, from, i32.const(4 * elements))
const move = (to: Place, from: Place): Code =>
  to.base === from.base ? none : copy(i32.const(to.base), i32.const(from.base), to.size)
/** Each to the place of the same number, where there is one. */
const moves = (to: readonly (Place | undefined)[], from: readonly Place[]): Code =>
  seq(...from.map((f, k) => (to[k] === undefined ? none : move(to[k], f))))
const wanted = (outs: readonly (number | undefined)[], places: Places): readonly (Place | undefined)[] =>
  outs.map((v) => (v === undefined ? undefined : at(places, v)))
/** All at once: a source that is also a target is read before anything is written. */
const moveAll = (arena: Arena, to: readonly Place[], from: readonly Place[]): Code => {
  const clashes = from.some((f, i) => to.some((t, j) => i !== j && t.base === f.base && f.size > 0))
  if (!clashes) return seq(...to.map((t, i) => move(t, from[i] as Place)))
  const spare = from.map((f) => arena.take(f.size))
  return seq(...spare.map((s, i) => move(s, from[i] as Place)), ...to.map((t, i) => move(t, spare[i] as Place)))
}
const own = (w: Writer, p: Plan, v: number): Place => w.arena.take(sizeAt(p, v))

const writeLoop = (w: Writer, p: Plan, s: LoopStep, places: Places): Section => {
  const [step, t] = [w.locals('i32'), w.locals('i32')]
  const args = s.args.map((v) => at(places, v))
  const carries = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const rows = s.body.inputs.slice(s.carries, s.carries + s.rows).map((r) => w.arena.take(sizeOf(r.shape)))
  const { section, outputs } = writePlan(w, s.body, [...carries, ...rows, ...args.slice(s.carries + s.rows)])
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
const writeWhile = (w: Writer, p: Plan, s: WhileStep, places: Places): Section => {
  const go = w.locals('i32')
  const args = s.args.map((v) => at(places, v))
  const state = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const inputs = [...state, ...args.slice(s.carries)]
  const test = w.arena.inside(() => writePlan(w, s.test, inputs))
  const body = writePlan(w, s.body, inputs)
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
const writeBranch = (w: Writer, s: BranchStep, places: Places): Section => {
  const [test, ...args] = s.args.map((v) => at(places, v))
  const bodies = s.bodies.map((b) =>
    w.arena.inside(() => {
      const { section, outputs } = writePlan(w, b, args)
      return inTurn(w.team, [section, first(moves(wanted(s.outs, places), outputs))])
    }),
  )
  return around(w.team, bodies, ([yes, no]) =>
    when(i32.load(i32.const(0), (test as Place).base), yes as Code, no as Code),
  )
}
