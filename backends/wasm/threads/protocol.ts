/**
 * How threads communicate, and when they sleep. The first thread opens a step by dividing it into ranges. All threads take
 * ranges. The first closes the step: it waits until the others have finished theirs. A thread that has ended never
 * finishes, so while the first thread waits, it regularly asks its host, which throws if a thread has ended.
 *
 *   range    low << 16 | high: the ranges low, ..., high - 1 are left
 *   code     the number of the step; read after taking a range, because it cannot change before that range is done
 *   done     how many ranges are finished
 */
import {
  type Code,
  drop,
  type Func,
  giving,
  i32,
  type Local,
  type ModuleBuilder,
  memory,
  seq,
  when,
  whileDo,
} from '../assembler/index.ts'

type Int = Code<'i32'>
/**
 * Addresses in the first bytes of memory. `awake`: the first thread must not sleep. `ended`: another thread has ended.
 * `limit`: the loop whose limit has ended the run, counted from 1; else 0. `bound`: the address of what is computed once.
 */
export const words = {
  range: 0,
  code: 64,
  done: 128,
  sleepers: 192,
  waiting: 256,
  stopped: 320,
  published: 384,
  awake: 448,
  ended: 512,
  limit: 576,
  bound: 640,
} as const
/** The name of the host's function that throws if one of the threads has ended. */
export const check = 'check'

/** Polls before a thread sleeps: some 200 microseconds, because waking a thread takes long. */
const pollsBeforeSleep = 600000
/** Nanoseconds of sleep after which the first thread checks the others. */
const checkInterval = 1e8

const zero = i32.const(0)
const one = i32.const(1)
const read = (word: number): Int => i32.atomicLoad(zero, word)
const write = (word: number, x: Int): Code => i32.atomicStore(zero, x, word)
const low = (range: Int): Int => i32.shr(range, i32.const(16))
const high = (range: Int): Int => i32.and(range, i32.const(65535))
/** Waits while the test holds: polls first, then sleeps. */
const wait = (polls: Local<'i32'>, test: Int, sleep: Code): Code =>
  seq(
    polls.set(zero),
    whileDo(i32.and(test, i32.lt(polls.get, i32.const(pollsBeforeSleep))), polls.set(i32.add(polls.get, one))),
    whileDo(test, sleep),
  )

interface Protocol {
  /** (0) -> the lowest range that is left; (1) -> the highest; -1 if none is left. */
  readonly take: Func<readonly ['i32'], 'i32'>
  /** (step, ranges): opens the step with this number. */
  readonly open: Func<readonly ['i32', 'i32'], 'none'>
  /** Counts one more range as done. */
  readonly finish: Code
  /** (ranges): waits until this many are done. */
  readonly close: Func<readonly ['i32'], 'none'>
}
/** Writes the functions into a module that imports `check`. */
export const writeProtocol = (m: ModuleBuilder): Protocol => {
  const [ask] = m.imported as readonly [Func<readonly [], 'none'>]
  const take = m.func(['i32'], 'i32', (local, fromHigh) => {
    const [seen, first, end, taken] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const next = i32.add(seen.get, i32.sub(i32.const(65536), i32.mul(fromHigh.get, i32.const(65537))))
    const last = i32.sub(i32.sub(end.get, one), first.get)
    const claim = seq(
      seen.set(read(words.range)),
      first.set(low(seen.get)),
      end.set(high(seen.get)),
      when(
        i32.lt(first.get, end.get),
        when(
          i32.eq(i32.atomicExchangeIf(zero, seen.get, next, words.range), seen.get),
          taken.set(i32.add(first.get, i32.mul(fromHigh.get, last))),
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
  const close = m.func(
    ['i32'],
    'none',
    (local, ranges) => {
      const [polls, done] = [local('i32'), local('i32')]
      const isOpen = i32.ne(done.tee(read(words.done)), ranges.get)
      const slept = i32.eq(memory.wait(i32.const(words.done), done.get, checkInterval), i32.const(2))
      const sleep = when(
        i32.load(zero, words.awake),
        ask.call(),
        seq(write(words.waiting, one), when(isOpen, when(slept, ask.call()))),
      )
      return seq(wait(polls, isOpen, sleep), write(words.waiting, zero))
    },
    'waiting',
  )
  return { take, open, finish: drop(i32.atomicAdd(zero, one, words.done)), close }
}

/** The main function of a thread, (thread number): runs `begin`, then ranges with `run`, until the team stops. */
export const writeWork = (
  m: ModuleBuilder,
  { take, finish }: Protocol,
  begin: (thread: Int) => Code,
  run: (step: Int, item: Int) => Code,
): Func<readonly ['i32'], 'none'> =>
  m.func(['i32'], 'none', (local, thread) => {
    const [item, code, polls, seen] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const running = i32.eqz(read(words.stopped))
    const idle = i32.ge(low(seen.tee(read(words.range))), high(seen.get))
    const sleep = seq(
      drop(i32.atomicAdd(zero, one, words.sleepers)),
      when(i32.and(idle, running), drop(memory.wait(i32.const(words.range), seen.get))),
      drop(i32.atomicAdd(zero, i32.const(-1), words.sleepers)),
    )
    const step = seq(
      code.set(read(words.code)),
      run(code.get, item.get),
      finish,
      when(read(words.waiting), memory.notify(i32.const(words.done))),
    )
    const takeAndRun = seq(
      item.set(take.call(one)),
      when(i32.ge(item.get, zero), step, wait(polls, i32.and(idle, running), sleep)),
    )
    return seq(begin(thread.get), whileDo(running, takeAndRun))
  })
/** Stops the other threads. The range that it stores differs from all others, so no thread goes back to sleep. */
export const writeStop = (m: ModuleBuilder): Func<readonly [], 'none'> =>
  m.func([], 'none', () =>
    seq(write(words.stopped, one), write(words.range, i32.const(65536)), memory.notify(i32.const(words.range))),
  )

/** A number that the first thread stores for all threads. */
export const publication = {
  publish: (x: Int): Code => i32.store(zero, x, words.published),
  published: i32.load(zero, words.published),
}
