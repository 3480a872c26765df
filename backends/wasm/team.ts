/**
 * Threads that run one program together. Every thread runs the whole module; a step is shared out by ranges, or done by the
 * first thread alone, and a barrier stands after it. How a step is cut changes no element, so the bits are the same for any
 * number of threads.
 *
 *   words in memory:  arrived, generation, started, stopped, awake
 *
 * `awake` is 1 where the first thread, a page's own, may not sleep: it waits awake, for as long as others lag behind.
 */
import { type Code, type Global, i32, type ModuleBuilder, memory, none, seq, when, whileDo } from './assembler/index.ts'

type Int = Code<'i32'>
export interface Team {
  readonly threads: number
  /** This thread's number. */
  readonly me: Int
  /** Code for the first thread only. */
  readonly alone: (c: Code) => Code
  /** Code for one thread of all. */
  readonly by: (thread: number, c: Code) => Code
  /** A range of turns for every thread, cut at multiples of the grain. */
  readonly shared: (count: number, grain: number, run: (from: Int, to: Int) => Code) => Code
  readonly barrier: () => Code
}
/** A part of a program: by the first thread, without a word to the others, or by all, none of whom is past it before it is done. */
export interface Section {
  readonly by: 'first' | 'all'
  readonly code: Code
}
export const first = (code: Code): Section => ({ by: 'first', code })
export const all = (code: Code): Section => ({ by: 'all', code })
/** The part as code that every thread runs. */
export const byAll = (team: Team, s: Section): Code =>
  s.by === 'all' || team.threads === 1 ? s.code : seq(team.alone(s.code), team.barrier())
/** One after the other. What the first thread does alone, step by step, costs the others one wait. */
export const inTurn = (team: Team, sections: readonly Section[]): Section => {
  if (sections.every((s) => s.by === 'first')) return first(seq(...sections.map((s) => s.code)))
  const codes: Code[] = []
  let pending: Code[] = []
  const settle = (): void => {
    if (pending.length > 0) codes.push(byAll(team, first(seq(...pending))))
    pending = []
  }
  for (const s of sections)
    if (s.by === 'first') pending.push(s.code)
    else {
      settle()
      codes.push(s.code)
    }
  settle()
  return all(seq(...codes))
}
/** Control flow around parts: each made for all threads if any needs them. `meet` is where all wait for one another. */
export const around = (
  team: Team,
  parts: readonly Section[],
  write: (codes: readonly Code[], meet: () => Code) => Code,
): Section =>
  parts.every((s) => s.by === 'first')
    ? first(
        write(
          parts.map((s) => s.code),
          () => none,
        ),
      )
    : all(
        write(
          parts.map((s) => byAll(team, s)),
          team.barrier,
        ),
      )
/** The first bytes of memory, before any margin is read: what threads say to one another. */
export const words = { arrived: 0, generation: 64, started: 128, stopped: 192, awake: 256 } as const
/** Turns of waiting awake before going to sleep. */
const patience = 200000

export const single: Team = {
  threads: 1,
  me: i32.const(0),
  alone: (c) => c,
  by: (_, c) => c,
  shared: (count, _, run) => run(i32.const(0), i32.const(count)),
  barrier: () => none,
}
export const makeTeam = (m: ModuleBuilder, threads: number): { readonly team: Team; readonly me: Global<'i32'> } => {
  const me = m.global(0)
  const zero = i32.const(0)
  /** Until the word there is no longer `seen`. */
  const awaitChange = (
    local: (type: 'i32') => { readonly get: Int; readonly set: (x: Int) => Code },
    word: number,
    seen: Int,
  ): Code => {
    const turn = local('i32')
    const same = () => i32.eq(i32.atomicLoad(zero, word), seen)
    const more = turn.set(i32.add(turn.get, i32.const(1)))
    const maySleep = i32.eqz(i32.and(i32.eqz(me.get), i32.load(zero, words.awake)))
    return seq(
      turn.set(zero),
      whileDo(i32.and(same(), i32.lt(turn.get, i32.const(patience))), more),
      whileDo(same(), when(maySleep, memory.wait(i32.const(word), seen))),
    )
  }
  const barrier = m.func(
    [],
    'none',
    (local) => {
      const generation = local('i32')
      const next = i32.add(generation.get, i32.const(1))
      const last = i32.eq(i32.atomicAdd(zero, i32.const(1), words.arrived), i32.const(threads - 1))
      const release = seq(
        i32.atomicStore(zero, zero, words.arrived),
        i32.atomicStore(zero, next, words.generation),
        memory.notify(i32.const(words.generation)),
      )
      return seq(
        generation.set(i32.atomicLoad(zero, words.generation)),
        when(last, release, awaitChange(local, words.generation, generation.get)),
      )
    },
    'barrier',
  )
  const team: Team = {
    threads,
    me: me.get,
    alone: (c) => when(i32.eqz(me.get), c),
    by: (thread, c) => when(i32.eq(me.get, i32.const(thread % threads)), c),
    shared: (count, grain, run) => {
      const each = Math.ceil(count / threads / grain) * grain
      const from = i32.mul(me.get, i32.const(each))
      const end = i32.add(from, i32.const(each))
      const over = i32.gt(end, i32.const(count))
      // the smaller of the two; an empty range where the turns have run out
      const to = i32.sub(end, i32.mul(over, i32.sub(end, i32.const(count))))
      return when(i32.lt(from, i32.const(count)), run(from, to))
    },
    barrier: () => barrier.call(),
  }
  m.export('barrier', barrier)
  return { team, me }
}
/** What the other threads do all their life: wait to be started, and run, until they are stopped. */
export const writeWork = (m: ModuleBuilder, me: Global<'i32'>, run: Code): void => {
  const zero = i32.const(0)
  const work = m.func(['i32'], 'none', (local, thread) => {
    const [seen, now, turn] = [local('i32'), local('i32'), local('i32')]
    const same = () => i32.eq(i32.atomicLoad(zero, words.started), seen.get)
    const rest = seq(
      turn.set(zero),
      whileDo(i32.and(same(), i32.lt(turn.get, i32.const(4 * patience))), turn.set(i32.add(turn.get, i32.const(1)))),
      whileDo(same(), memory.wait(i32.const(words.started), seen.get)),
      now.set(i32.atomicLoad(zero, words.started)),
      seen.set(now.get),
    )
    const step = seq(rest, when(i32.eqz(i32.atomicLoad(zero, words.stopped)), run))
    return seq(me.set(thread.get), whileDo(i32.eqz(i32.atomicLoad(zero, words.stopped)), step))
  })
  const start = m.func([], 'none', () =>
    seq(
      i32.atomicStore(zero, i32.add(i32.atomicLoad(zero, words.started), i32.const(1)), words.started),
      memory.notify(i32.const(words.started)),
    ),
  )
  const stop = m.func([], 'none', () => seq(i32.atomicStore(zero, i32.const(1), words.stopped), start.call()))
  m.export('work', work)
  m.export('start', start)
  m.export('stop', stop)
}
