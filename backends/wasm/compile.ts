/**
 * A plan as one module: a function for every kernel, and one that runs them in order. Loops, branches and sorting are
 * control flow of that function; the values of an inner plan stand in the same memory, and what it only reads is where the
 * outer plan has it.
 */
import { sizeOf, type Type } from '../../lang/shape.ts'
import { flopsOf } from '../schedule/cost.ts'
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
} from './assembler.ts'
import { contractionIn } from './contraction.ts'
import { type Library, makeLibrary } from './functions/library.ts'
import { isWorthPacking, writeGemm } from './gemm.ts'
import { inPlace } from './inplace.ts'
import { margin, type Place, type Written, writeKernel } from './kernel.ts'
import { type Arena, makeArena, placesOf, sizeAt } from './layout.ts'
import { type Lowered, lower, shapesOf, simplified } from './lower.ts'
import { shortLoops } from './short.ts'
import { type Sorter, writeSort } from './sort.ts'
import { splitReduction } from './split.ts'
import { makeTeam, single, type Team, writeWork } from './team.ts'

export interface Compiled {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly pages: number
  readonly inputs: readonly Place[]
  readonly outputs: readonly Place[]
  /** Numbers to be there before the first run. */
  readonly data: readonly Constant[]
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
  const inputs = plan.inputs.map((t) => arena.take(sizeOf(t.shape)))
  for (const [values, dtype] of constantsOf(plan))
    if (!data.has(values)) data.set(values, { place: arena.take(values.length), dtype, values })
  let outputs: readonly Place[] = []
  const run = m.func([], 'none', (locals) => {
    const w: Writer = {
      m,
      lib,
      arena,
      locals,
      relaxed,
      team,
      constant: (values) => (data.get(values) as Constant).place,
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
    return seq(written.code, team.barrier())
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
  }
}
type Numbers = readonly [values: readonly number[], dtype: Type['dtype']]
const constantsOf = (p: Plan): readonly Numbers[] =>
  plansWithin(p).flatMap((q) =>
    q.steps.flatMap((s) => (s._tag === 'Data' ? [[s.values, (q.types[s.out] as Type).dtype] as const] : [])),
  )

interface WrittenPlan {
  readonly code: Code
  readonly outputs: readonly Place[]
}
/** The steps, over inputs that are where they are; outputs may be inputs, or one another. */
const writePlan = (w: Writer, p: Plan, inputs: readonly Place[], kept: Places = new Map()): WrittenPlan => {
  const places = new Map<number, Place>([...inputs.entries(), ...placesOf(p, w.arena), ...kept])
  for (const s of p.steps) if (s._tag === 'Data') places.set(s.out, w.constant(s.values))
  const code = seq(...p.steps.map((s) => writeStep(w, p, s, places)))
  return { code, outputs: p.outputs.map((o) => at(places, o)) }
}
const writeStep = (w: Writer, p: Plan, s: Step, places: Places): Code => {
  switch (s._tag) {
    case 'Data':
      return none
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

const writeKernelStep = (w: Writer, p: Plan, s: KernelStep, places: Places): Code => {
  const type = p.types[s.out] as Type
  if (sizeOf(type.shape) === 0) return none
  const label = `%${s.out} ${s.ops.join(' ')}`
  const body = simplified(s.body)
  const c = contractionIn(s.indices, body)
  if (c && isWorthPacking(c))
    return w.arena.inside(() => {
      const step = {
        axes: s.indices,
        body,
        shapes: shapesOf(s.reads, p.types),
        reads: s.reads.map((v) => at(places, v)),
        out: at(places, s.out),
        dtype: type.dtype,
        label,
      }
      return writeGemm(
        { m: w.m, lib: w.lib, arena: w.arena, local: () => w.locals('i32'), relaxed: w.relaxed, team: w.team },
        c,
        step,
      )
    })
  const split = splitReduction(s.indices, body, s.reads.length)
  const reads = s.reads.map((v) => at(places, v))
  const shapes = shapesOf(s.reads, p.types)
  const work = flopsOf(s, p.types) + sizeOf(type.shape)
  const write = (k: Lowered, from: readonly Place[], to: Place, dtype: Type['dtype']): Code =>
    together(w, writeKernel(w.m, w.lib, k, from, to, dtype, label), work)
  if (split === undefined)
    return write(lower(s.indices, shortLoops(body), shapes), reads, at(places, s.out), type.dtype)
  return w.arena.inside(() => {
    const shape = split.axes.map((i) => i.size)
    const parts = w.arena.take(sizeOf(shape))
    return seq(
      write(lower(split.axes, split.part, shapes), reads, parts, split.part.dtype),
      write(lower(s.indices, split.body, [...shapes, shape]), [...reads, parts], at(places, s.out), type.dtype),
    )
  })
}
/** A kernel by all threads where it is large, else by the first; done when this is done. */
const together = (w: Writer, { run, count: turns, grain }: Written, work: number): Code => {
  const code =
    work >= largeStep && turns >= w.team.threads
      ? w.team.shared(turns, grain, (from, to) => run.call(from, to))
      : w.team.alone(run.call(i32.const(0), i32.const(turns)))
  return seq(code, w.team.barrier())
}
const writeSortStep = (w: Writer, p: Plan, s: SortStep, places: Places): Code => {
  const { shape, dtype } = p.types[s.arg] as Type
  const n = shape.at(-1) ?? 1
  const rows = n === 0 ? 0 : sizeOf(shape) / n
  const [spare, row] = [w.arena.take(n), w.locals('i32')]
  const to = (place: Place): Code<'i32'> => i32.add(i32.const(place.base), i32.mul(row.get, i32.const(4 * n)))
  const sort = w.sorter(dtype, s.descending)
  const one = sort.call(to(at(places, s.arg)), to(at(places, s.out)), i32.const(spare.base), i32.const(n))
  return seq(w.team.alone(count(row, i32.const(0), i32.const(rows), 1, one)), w.team.barrier())
}

// -- forms -----------------------------------------------------------------------------------------------------------

const copy = (to: Code<'i32'>, from: Code<'i32'>, elements: number): Code =>
  elements === 0 ? none : memory.copy(to, from, i32.const(4 * elements))
const move = (to: Place, from: Place): Code =>
  to.base === from.base ? none : copy(i32.const(to.base), i32.const(from.base), to.size)
/** All at once: a source that is also a target is read before anything is written. */
const moveAll = (arena: Arena, to: readonly Place[], from: readonly Place[]): Code => {
  const clashes = from.some((f, i) => to.some((t, j) => i !== j && t.base === f.base && f.size > 0))
  if (!clashes) return seq(...to.map((t, i) => move(t, from[i] as Place)))
  const spare = from.map((f) => arena.take(f.size))
  return seq(...spare.map((s, i) => move(s, from[i] as Place)), ...to.map((t, i) => move(t, spare[i] as Place)))
}
/** By the first thread, all others waiting until it is done. */
const alone = (w: Writer, ...codes: readonly Code[]): Code => seq(w.team.alone(seq(...codes)), w.team.barrier())
const own = (w: Writer, p: Plan, v: number): Place => w.arena.take(sizeAt(p, v))

const writeLoop = (w: Writer, p: Plan, s: LoopStep, places: Places): Code => {
  const [step, t] = [w.locals('i32'), w.locals('i32')]
  const args = s.args.map((v) => at(places, v))
  const carries = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const rows = s.body.inputs.slice(s.carries, s.carries + s.rows).map((r) => w.arena.take(sizeOf(r.shape)))
  const { code, outputs } = writePlan(w, s.body, [...carries, ...rows, ...args.slice(s.carries + s.rows)])
  const row = (whole: Place, one: Place): Code<'i32'> =>
    i32.add(i32.const(whole.base), i32.mul(t.get, i32.const(4 * one.size)))
  const stack = (k: number, one: Place): Code => {
    const v = s.outs[s.carries + k]
    return v === undefined ? none : copy(row(at(places, v), one), i32.const(one.base), one.size)
  }
  const ys = outputs.slice(s.carries)
  const body = seq(
    t.set(s.reverse ? i32.sub(i32.const(s.length - 1), step.get) : step.get),
    alone(
      w,
      ...rows.map((r, k) => copy(i32.const(r.base), row(args[s.carries + k] as Place, r), r.size)),
      ...carries.map((c, k) => stack(ys.length + k, c)),
    ),
    code,
    alone(w, ...ys.map((y, k) => stack(k, y)), moveAll(w.arena, carries, outputs.slice(0, s.carries))),
  )
  const last = carries.map((c, k) => {
    const v = s.outs[k]
    return v === undefined ? none : move(at(places, v), c)
  })
  return seq(
    alone(w, ...carries.map((c, k) => move(c, args[k] as Place))),
    count(step, i32.const(0), i32.const(s.length), 1, body),
    alone(w, ...last),
  )
}
const writeWhile = (w: Writer, p: Plan, s: WhileStep, places: Places): Code => {
  const go = w.locals('i32')
  const args = s.args.map((v) => at(places, v))
  const state = s.args.slice(0, s.carries).map((v) => own(w, p, v))
  const inputs = [...state, ...args.slice(s.carries)]
  const test = w.arena.inside(() => writePlan(w, s.test, inputs))
  const body = writePlan(w, s.body, inputs)
  const ask = seq(test.code, go.set(i32.load(i32.const(0), (test.outputs[0] as Place).base)), w.team.barrier())
  return seq(
    alone(w, ...state.map((c, k) => move(c, args[k] as Place))),
    ask,
    whileDo(go.get, seq(body.code, alone(w, moveAll(w.arena, state, body.outputs)), ask)),
    alone(
      w,
      ...state.map((c, k) => {
        const v = s.outs[k]
        return v === undefined ? none : move(at(places, v), c)
      }),
    ),
  )
}
const writeBranch = (w: Writer, s: BranchStep, places: Places): Code => {
  const [test, ...args] = s.args.map((v) => at(places, v))
  const [yes, no] = s.bodies.map((b) =>
    w.arena.inside(() => {
      const { code, outputs } = writePlan(w, b, args)
      return seq(
        code,
        alone(w, ...s.outs.map((v, k) => (v === undefined ? none : move(at(places, v), outputs[k] as Place)))),
      )
    }),
  ) as [Code, Code]
  return when(i32.load(i32.const(0), (test as Place).base), yes, no)
}
