/** A plan as one module: a function for every kernel, and one that runs them in order. */
import { bug } from '../../../lang/syntax/error.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { formOf } from '../../rewrite/alike.ts'
import { updatesInPlace } from '../../schedule/overwrite.ts'
import {
  type KernelStep,
  kernelsOf,
  type Plan,
  plansWithin,
  type Step,
  typeOf,
  type WhileStep,
} from '../../schedule/plan.ts'
import { all, type Code, type Element, float32, i32, makeModule, none, seq, trap } from '../assembler/index.ts'
import { type Finite, writeFinite } from '../functions/finite.ts'
import { makeLibrary } from '../functions/library.ts'
import { type Moderate, writeModerate } from '../functions/moderate.ts'
import { type Sorter, writeSorter } from '../functions/sort.ts'
import { makeArena, regionsOf } from '../kernel/arena.ts'
import { makeBound } from '../kernel/bound.ts'
import { margin, type Region } from '../kernel/region.ts'
import { at, type KernelSpec, type Regions, type Writer } from '../kernel/writer.ts'
import { check, words } from '../threads/protocol.ts'
import { makeTeam, single } from '../threads/team.ts'
import { type PlanCode, writeBranch, writeLoop, writeSort, writeWhile } from './controlFlow.ts'
import { copyTogether } from './copies.ts'
import { runsAsLoops, writeElements, writeRowGroup } from './elements.ts'
import { type RowGroup, rowGroups } from './rowBlocks.ts'
import { writeScatter } from './scatter.ts'

/** Where an array is, and what its elements are. */
export interface TypedRegion extends Region {
  readonly dtype: Type['dtype']
}
/** A module, and what one must know to run it: plain data. */
export interface Compiled {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly pages: number
  readonly inputs: readonly TypedRegion[]
  readonly outputs: readonly TypedRegion[]
  /** The loops with a limit. The word `limit` of memory is the number of the one that has ended a run. */
  readonly loops: readonly Pick<WhileStep, 'name' | 'limit'>[]
  /** Numbers that must be in memory before the first run. */
  readonly data: readonly Constant[]
  /** The number of threads that run it: 1 where no step is worth sharing. */
  readonly threads: number
}
interface Settings {
  /** The element type of reals. Default: float32. */
  readonly element?: Element
  readonly threads?: number
  /** Multiply and add in one instruction, where the engine has it. */
  readonly relaxed?: boolean
  /** Whether what depends on unchanged inputs alone is computed once for each state, in memory of its own. Default: true. */
  readonly once?: boolean
}
interface Constant {
  readonly region: Region
  readonly dtype: Type['dtype']
  readonly values: readonly number[]
}
const page = 65536
/** `carried`: how many of the first outputs are the first inputs of the next run, when `commit` is called. */
export const compilePlan = (
  plan: Plan,
  carried = 0,
  { element = float32, threads = 1, relaxed = false, once: isOnce = true }: Settings = {},
): Compiled => {
  const m = makeModule(threads > 1 ? [check] : [])
  const several = threads > 1 ? makeTeam(m, threads) : undefined
  const team = several?.team ?? single
  const lib = makeLibrary(m, element)
  const arena = makeArena(margin, element)
  const data = new Map<readonly number[], Constant>()
  const sorters = new Map<string, Sorter>()
  const loops: Pick<WhileStep, 'name' | 'limit'>[] = []
  let finite: Finite | undefined
  let moderate: Moderate | undefined
  const repeated = repeatedForms(plan)
  const inputs = plan.inputs.map((t) => arena.take(sizeOf(t.shape), t.dtype))
  for (const [values, dtype] of constantsOf(plan))
    if (!data.has(values)) data.set(values, { region: arena.take(values.length, dtype), dtype, values })
  const unchanged = inputs.filter((_, k) => k < carried && plan.outputs[k] === k)
  const { bound, ...once } = makeBound(isOnce ? [...unchanged, ...[...data.values()].map((d) => d.region)] : [])
  let outputs: readonly Region[] = []
  const run = m.func([], 'none', (locals) => {
    const w: Writer = {
      m,
      lib,
      arena,
      locals,
      relaxed,
      team,
      once: onceForAll(),
      isRepeated: (s) => repeated.has(formOf(s)),
      bound,
      constant: (values) => (data.get(values) ?? bug('data of another plan')).region,
      finite: () => {
        finite ??= writeFinite(m, element)
        return finite
      },
      moderate: () => {
        moderate ??= writeModerate(m)
        return moderate
      },
      endAtLimit: (loop) =>
        seq(
          i32.store(
            i32.const(0),
            i32.const(loops.push({ name: loop.name, ...(loop.limit !== undefined && { limit: loop.limit }) })),
            words.limit,
          ),
          trap,
        ),
      sorter: (dtype, descending) => {
        const key = `${dtype} ${descending}`
        const sorter = sorters.get(key) ?? writeSorter(m, element, dtype, descending)
        sorters.set(key, sorter)
        return sorter
      },
    }
    const kept = new Map(
      [...updatesInPlace(plan, carried)].map(([v, k]) => [v, inputs[k] ?? bug('a state without an input')]),
    )
    const written = writePlan(w, plan, inputs, kept)
    outputs = written.outputs
    return written.code
  })
  const commit = m.func([], 'none', () => copyTogether(arena, inputs.slice(0, carried), outputs.slice(0, carried)))
  m.export('run', run)
  m.export('commit', commit)
  const first = once.code(arena.end())
  if (first)
    m.export(
      'first',
      m.func([], 'none', () => first),
    )
  several?.end()
  const pages = Math.ceil((arena.end() + once.bytes() + margin) / page)
  return {
    bytes: m.finish({ pages, ...(several && { shared: { maximum: pages } }) }),
    pages,
    inputs: inputs.map((r, k) => ({ ...r, dtype: typeOf(plan, k).dtype })),
    outputs: outputs.map((r, k) => ({ ...r, dtype: typeOf(plan, nth(plan.outputs, k)).dtype })),
    data: [...data.values()],
    loops,
    threads: several?.used() ? threads : 1,
  }
}
type Numbers = readonly [values: readonly number[], dtype: Type['dtype']]
const constantsOf = (p: Plan): readonly Numbers[] =>
  plansWithin(p).flatMap((q) =>
    q.steps.flatMap((s) => (s._tag === 'Data' ? [[s.values, typeOf(q, s.out).dtype] as const] : [])),
  )

/** The steps over the regions of the inputs. The region of an output may be that of an input, or of another output. */
const writePlan = (w: Writer, p: Plan, inputs: readonly Region[], kept: Regions = new Map()): PlanCode => {
  const placed = regionsOf(p, w.arena, w.lib.element, new Set(kept.keys()))
  const regions = new Map<number, Region>([...inputs.entries(), ...placed, ...kept])
  for (const s of p.steps) if (s._tag === 'Data') regions.set(s.out, w.constant(s.values))
  const steps = rowGroups(p, regions, (s) => runsAsLoops(w, specOf(w, p, s, regions)))
  return {
    code: inFunctions(w, steps, (v, s) => writeStep(v, p, s, regions)),
    outputs: p.outputs.map((o) => at(regions, o)),
  }
}
/** Steps that one function runs: engines limit the locals and the length of a function, and compile short ones faster. */
const mostSteps = 512
const inFunctions = <S>(w: Writer, steps: readonly S[], write: (w: Writer, s: S) => Code): Code => {
  if (steps.length <= mostSteps) return all(steps.map((s) => write(w, s)))
  const parts = Array.from({ length: Math.ceil(steps.length / mostSteps) }, (_, k) =>
    w.m.func([], 'none', (locals) =>
      all(steps.slice(k * mostSteps, (k + 1) * mostSteps).map((s) => write({ ...w, locals }, s))),
    ),
  )
  return all(parts.map((f) => f.call()))
}
const writeStep = (w: Writer, p: Plan, s: Step | RowGroup, regions: Regions): Code => {
  switch (s._tag) {
    case 'Data':
      return none
    case 'Kernel':
      return writeElements(w, specOf(w, p, s, regions))
    case 'Rows':
      return writeRowGroup(
        w,
        s,
        s.steps.map((k) => specOf(w, p, k, regions)),
      )
    case 'Sort':
      return w.arena.inside(() => writeSort(w, p, s, regions))
    case 'Scatter':
      return w.arena.inside(() => writeScatter(w, p, s, regions))
    case 'Loop':
      return w.arena.inside(() => writeLoop(w, writePlan, p, s, regions))
    case 'While':
      return w.arena.inside(() => writeWhile(w, writePlan, p, s, regions))
    case 'Branch':
      return w.arena.inside(() => writeBranch(w, writePlan, s, regions))
  }
}

/** The forms that several kernels have. */
const repeatedForms = (p: Plan): ReadonlySet<string> => {
  const [seen, again] = [new Set<string>(), new Set<string>()]
  for (const form of kernelsOf(p).map(formOf)) (seen.has(form) ? again : seen).add(form)
  return again
}
/** A key names one thing, so what is found under it is what `make` would give. */
const onceForAll = (): Writer['once'] => {
  const made = new Map<string, unknown>()
  return <A>(key: string, make: () => A): A => {
    if (!made.has(key)) made.set(key, make())
    return made.get(key) as A
  }
}

const specOf = (w: Writer, p: Plan, s: KernelStep, regions: Regions): KernelSpec => ({
  axes: s.indices,
  body: s.body,
  shapes: s.reads.map((v) => typeOf(p, v).shape),
  reads: s.reads.map((v) => at(regions, v)),
  out: at(regions, s.out),
  dtype: typeOf(p, s.out).dtype,
  label: `%${s.out} ${s.ops.join(' ')}`,
  repeated: w.isRepeated(s),
})
