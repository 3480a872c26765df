/** An executable from the function that does its arithmetic: inputs checked, outputs shaped, released once. */
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../lang/syntax/program.ts'
import type { Executable } from './backend.ts'
import { checkInputs, type Elements, type Floats, type Integers, toResults } from './boundary.ts'
import type { RunError } from './error.ts'
import { runError } from './lost.ts'

/** A program on a device. If its functions throw, the device is lost. */
export interface Target {
  readonly backend: string
  readonly reason: string
  /** The integers that the back end represents exactly. Absent: all of int32. */
  readonly ints?: Integers
  /** The outputs in order, each in memory that nothing else writes to. */
  readonly call: (inputs: readonly Elements[]) => readonly Floats[] | Promise<readonly Floats[]>
  readonly release: () => void
}
type Result<A> = E.Either<RunError, A>

/**
 * Calls on a device that may be lost, and that is released once: they run one after another, in the order of the calls,
 * and exceptions become errors. The release waits for the calls before it.
 */
export const calls = ({ backend, release }: Pick<Target, 'backend' | 'release'>) => {
  let released = false
  let running = 0
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  const end = () => {
    if (released && running === 0) release()
  }
  const attempt = async <A>(act: Act<A>, after?: Promise<unknown>): Promise<Result<A>> => {
    if (released) return E.left({ _tag: 'Released', backend })
    running++
    try {
      if (after !== undefined) await after
      return await act()
    } catch (error) {
      return E.left(runError(backend, error))
    } finally {
      running--
      end()
    }
  }
  const inLine = <A>(call: Promise<Result<A>>): Promise<Result<A>> => {
    waiting++
    last = call.then(() => {
      waiting--
    })
    return call
  }
  /** If no call is in progress, the act begins at once: before the caller can write to its arrays. */
  const queued = <A>(act: Act<A>): Promise<Result<A>> => {
    if (waiting > 0) return inLine(attempt(act, last))
    let ended = true
    const call = attempt(() => {
      const found = act()
      ended = !(found instanceof Promise)
      return found
    })
    return ended ? call : inLine(call)
  }
  return {
    queued,
    /** The act on inputs that have been checked. Copies the arrays of a call that must wait. */
    taken: <A>(
      checked: Result<readonly Elements[]>,
      act: (given: readonly Elements[]) => Result<A> | Promise<Result<A>>,
    ): Promise<Result<A>> => {
      if (E.isLeft(checked)) return queued(() => checked)
      const given = waiting === 0 ? checked.right : checked.right.map(copied)
      return queued(() => act(given))
    },
    release: () => {
      if (released) return
      released = true
      end()
    },
  }
}
type Act<A> = () => Result<A> | Promise<Result<A>>
/** A copy in the same precision. */
export const copied = (x: Elements): Floats => (x instanceof Float32Array ? x.slice() : Float64Array.from(x))

export const executable = <In, Out>(p: Program<In, Out>, target: Target): Executable<In, Out> => {
  const { backend, reason } = target
  const check = checkInputs(p.in, target.ints)
  const results = toResults(p.out, target.ints)
  const { taken, release } = calls(target)
  const run = (inputs: unknown) => () =>
    taken(check(inputs), (given) => {
      const found = target.call(given)
      return found instanceof Promise ? found.then(results) : results(found)
    })
  // `results` has the tree of p.out
  return { backend, reason, run: run as Executable<In, Out>['run'], release }
}
