/**
 * Threads that run one program together. The first runs the program; where a step is worth sharing it lays out ranges, and
 * takes them one by one from the low end, while the others take from the high end. So a thread that is asleep, or has no
 * processor, costs nothing: the first does what nobody took, and waits for what was taken. How a step is cut changes no
 * element, so the bits are the same for any number of threads. A range that was taken by a thread that has ended is waited
 * for in vain: so now and then the first thread asks its host, which throws if one has.
 *
 *   range    low << 16 | high: what is left to take
 *   code     which step; read after taking, for until that is done it stays
 *   done     how many ranges are finished
 */
import {
  type Code,
  drop,
  type Func,
  type Global,
  giving,
  i32,
  type Local,
  type Locals,
  type ModuleBuilder,
  memory,
  none,
  seq,
  when,
  whileDo,
} from './assembler/index.ts'

type Int = Code<'i32'>
export interface Team {
  readonly threads: number
  /** This thread's number. */
  readonly me: Int
  /** Ranges of turns, cut at multiples of the grain, each by one thread, all done after it. Nothing outside is known inside. */
  readonly shared: (locals: Locals, count: number, grain: number, write: WriteRange) => Code
  /** A number for the ranges that follow. */
  readonly tell: (x: Int) => Code
  /** The number told. */
  readonly told: Int
}
export type WriteRange = (locals: Locals, from: Int, to: Int) => Code

/** The first bytes of memory, before any margin is read: what threads say to one another. `awake`: the first may not sleep; `ended`: another has. */
export const words = {
  range: 0,
  code: 64,
  done: 128,
  sleepers: 192,
  waiting: 256,
  stopped: 320,
  told: 384,
  awake: 448,
  ended: 512,
} as const
/** The host's function that throws where one of the threads has ended. */
export const check = 'check'
/** Turns of waiting awake before going to sleep: some 200 microseconds, for a thread that is woken comes late. */
const patience = 600000
/** Nanoseconds of sleep after which the first thread asks what became of the others. */
const pulse = 1e8
/** Ranges for each thread: enough that one that comes late finds some left. */
const portions = 4
const most = 1 << 12

const zero = i32.const(0)
const read = (word: number): Int => i32.atomicLoad(zero, word)
const write = (word: number, x: Int): Code => i32.atomicStore(zero, x, word)
const told = { tell: (x: Int): Code => i32.store(zero, x, words.told), told: i32.load(zero, words.told) }

export const single: Team = {
  threads: 1,
  me: zero,
  shared: (locals, count, _, range) => range(locals, zero, i32.const(count)),
  ...told,
}
/** `end`: what the other threads do all their life, to be written last. */
export interface Several {
  readonly team: Team
  /** Was anything worth sharing? */
  readonly used: () => boolean
  readonly end: () => void
}
/** Turns while the test holds, asleep after a while. */
const wait = (turn: Local<'i32'>, test: Int, sleep: Code): Code =>
  seq(
    turn.set(zero),
    whileDo(i32.and(test, i32.lt(turn.get, i32.const(patience))), turn.set(i32.add(turn.get, i32.const(1)))),
    whileDo(test, sleep),
  )

/** Of a module that imports `check`. */
export const makeTeam = (m: ModuleBuilder, threads: number): Several => {
  const [ask] = m.imported as readonly [Func<readonly [], 'none'>]
  const me: Global<'i32'> = m.global(0)
  const steps: Func<readonly ['i32'], 'none'>[] = []

  /** The lowest range that is left, or the highest; -1 where none is. */
  const take = m.func(['i32'], 'i32', (local, high) => {
    const [seen, low, top, taken] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const next = i32.add(seen.get, i32.sub(i32.const(65536), i32.mul(high.get, i32.const(65537))))
    const claim = seq(
      seen.set(read(words.range)),
      low.set(i32.shr(seen.get, i32.const(16))),
      top.set(i32.and(seen.get, i32.const(65535))),
      when(
        i32.lt(low.get, top.get),
        when(
          i32.eq(i32.atomicExchangeIf(zero, seen.get, next, words.range), seen.get),
          taken.set(i32.add(low.get, i32.mul(high.get, i32.sub(i32.sub(top.get, i32.const(1)), low.get)))),
        ),
        taken.set(i32.const(-1)),
      ),
    )
    return giving([taken.set(i32.const(-2)), whileDo(i32.eq(taken.get, i32.const(-2)), claim)], taken.get)
  })
  const open = m.func(['i32', 'i32'], 'none', (_, code, ranges) =>
    seq(
      write(words.code, code.get),
      write(words.done, zero),
      write(words.range, ranges.get),
      when(read(words.sleepers), memory.notify(i32.const(words.range))),
    ),
  )
  const finish = i32.atomicAdd(zero, i32.const(1), words.done)
  const close = m.func(
    ['i32'],
    'none',
    (local, ranges) => {
      const [turn, done] = [local('i32'), local('i32')]
      const open = i32.ne(done.tee(read(words.done)), ranges.get)
      const slept = i32.eq(memory.wait(i32.const(words.done), done.get, pulse), i32.const(2))
      const sleep = when(
        i32.load(zero, words.awake),
        ask.call(),
        seq(write(words.waiting, i32.const(1)), when(open, when(slept, ask.call()))),
      )
      return seq(wait(turn, open, sleep), write(words.waiting, zero))
    },
    'waiting',
  )
  const team: Team = {
    threads,
    me: me.get,
    shared: (locals, count, grain, range) => {
      const pieces = Math.ceil(count / grain)
      const chunk = Math.ceil(pieces / Math.min(pieces, portions * threads, most)) * grain
      const ranges = Math.ceil(count / chunk)
      const step = m.func(['i32'], 'none', (inside, item) => {
        const [from, to] = [inside('i32'), inside('i32')]
        return seq(
          from.set(i32.mul(item.get, i32.const(chunk))),
          to.set(i32.add(from.get, i32.const(chunk))),
          when(i32.gt(to.get, i32.const(count)), to.set(i32.const(count))),
          range(inside, from.get, to.get),
        )
      })
      const code = steps.push(step) - 1
      const item = locals('i32')
      const mine = seq(step.call(item.get), drop(finish))
      return seq(
        open.call(i32.const(code), i32.const(ranges)),
        whileDo(i32.ge(item.tee(take.call(zero)), zero), mine),
        close.call(i32.const(ranges)),
      )
    },
    ...told,
  }
  const end = (): void => {
    /** The step of a number, found by halves. */
    const dispatch = (code: Int, item: Int, from: number, to: number): Code => {
      const middle = (from + to) >> 1
      if (to === from) return none
      return to - from === 1
        ? (steps[from] as Func<readonly ['i32'], 'none'>).call(item)
        : when(i32.lt(code, i32.const(middle)), dispatch(code, item, from, middle), dispatch(code, item, middle, to))
    }
    const work = m.func(['i32'], 'none', (local, thread) => {
      const [item, code, turn, seen] = [local('i32'), local('i32'), local('i32'), local('i32')]
      const running = i32.eqz(read(words.stopped))
      const idle = i32.ge(i32.shr(seen.tee(read(words.range)), i32.const(16)), i32.and(seen.get, i32.const(65535)))
      const sleep = seq(
        drop(i32.atomicAdd(zero, i32.const(1), words.sleepers)),
        when(i32.and(idle, running), drop(memory.wait(i32.const(words.range), seen.get))),
        drop(i32.atomicAdd(zero, i32.const(-1), words.sleepers)),
      )
      const step = seq(
        code.set(read(words.code)),
        dispatch(code.get, item.get, 0, steps.length),
        drop(finish),
        when(read(words.waiting), memory.notify(i32.const(words.done))),
      )
      return seq(
        me.set(thread.get),
        whileDo(
          running,
          seq(
            item.set(take.call(i32.const(1))),
            when(i32.ge(item.get, zero), step, wait(turn, i32.and(idle, running), sleep)),
          ),
        ),
      )
    })
    // a range that no idle thread has seen, so that none goes to sleep again
    const stop = m.func([], 'none', () =>
      seq(
        write(words.stopped, i32.const(1)),
        write(words.range, i32.const(65536)),
        memory.notify(i32.const(words.range)),
      ),
    )
    m.export('work', work)
    m.export('stop', stop)
  }
  return { team, used: () => steps.length > 0, end }
}
