/**
 * Threads that run one program together. The first thread runs the program. If a step is worth sharing, it divides the step
 * into ranges and takes them one by one from the low end, while the other threads take from the high end. So a thread that
 * sleeps, or has no processor, costs nothing: the first thread does all ranges that no other takes, and then waits for the
 * others. The division changes no element, so the bits are the same for any number of threads.
 */
import {
  type Code,
  type Func,
  i32,
  type Locals,
  type ModuleBuilder,
  none,
  seq,
  when,
  whileDo,
} from '../assembler/index.ts'
import { publication, writeProtocol, writeStop, writeWork } from './protocol.ts'

type Int = Code<'i32'>
export interface Team {
  readonly threads: number
  /** This thread's number. */
  readonly me: Int
  /**
   * Runs iterations 0 .. count - 1, in ranges that start at multiples of the grain. One thread runs a range; all ranges are
   * done when the code ends. They run in another function, which cannot use the locals around it.
   */
  readonly shared: (locals: Locals, count: number, grain: number, write: WriteRange) => Code
  /** Stores a number that the ranges of later steps can read. */
  readonly publish: (x: Int) => Code
  readonly published: Int
}
type WriteRange = (locals: Locals, from: Int, to: Int) => Code

/** Ranges for each thread: enough that a thread that wakes late still finds some. */
const portions = 4
const most = 1 << 12

const zero = i32.const(0)
export const single: Team = {
  threads: 1,
  me: zero,
  shared: (locals, count, _, range) => range(locals, zero, i32.const(count)),
  ...publication,
}
interface WrittenTeam {
  readonly team: Team
  /** Whether any step was shared. */
  readonly used: () => boolean
  /** Writes the main function of the other threads. Must be called after all steps are written. */
  readonly end: () => void
}
type Item = Func<readonly ['i32'], 'none'>
/** Writes the functions into a module that imports `check`. */
export const makeTeam = (m: ModuleBuilder, threads: number): WrittenTeam => {
  const me = m.global(0)
  const steps: Item[] = []
  const protocol = writeProtocol(m)
  const { take, open, finish, close } = protocol
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
      return seq(
        open.call(i32.const(code), i32.const(ranges)),
        whileDo(i32.ge(item.tee(take.call(zero)), zero), seq(step.call(item.get), finish)),
        close.call(i32.const(ranges)),
      )
    },
    ...publication,
  }
  /** Runs a range of the step with this number, found by bisection. */
  const run = (code: Int, item: Int, from = 0, to = steps.length): Code => {
    if (to - from <= 1) return steps[from]?.call(item) ?? none
    const middle = (from + to) >> 1
    return when(i32.lt(code, i32.const(middle)), run(code, item, from, middle), run(code, item, middle, to))
  }
  const end = (): void => {
    m.export('work', writeWork(m, protocol, me.set, run))
    m.export('stop', writeStop(m))
  }
  return { team, used: () => steps.length > 0, end }
}
