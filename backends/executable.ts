/** An executable from the function that does its arithmetic: inputs checked, outputs shaped, released once. */
import * as E from 'fp-ts/lib/Either.js'
import { isLimitReached } from '../lang/kernel/limit.ts'
import type { Program } from '../lang/syntax/program.ts'
import type { Executable } from './backend.ts'
import { checkInputs, type Elements, type Floats, type Integers, toResults } from './boundary.ts'
import type { RunError } from './error.ts'

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

const runError = (backend: string, error: unknown): RunError =>
  isLimitReached(error)
    ? { _tag: 'LoopLimit', loop: error.loop, limit: error.limit }
    : { _tag: 'DeviceLost', backend, message: error instanceof Error ? error.message : String(error) }

/**
 * Actions on a device that may be lost, and that is released once: exceptions become errors. The release waits for the
 * actions in progress.
 */
export const guard = ({ backend, release }: Pick<Target, 'backend' | 'release'>) => {
  let released = false
  let running = 0
  const end = () => {
    if (released && running === 0) release()
  }
  return {
    attempt: async <A>(act: () => Result<A> | Promise<Result<A>>): Promise<Result<A>> => {
      if (released) return E.left({ _tag: 'Released', backend })
      running++
      try {
        return await act()
      } catch (error) {
        return E.left(runError(backend, error))
      } finally {
        running--
        end()
      }
    },
    release: () => {
      if (released) return
      released = true
      end()
    },
  }
}
export const executable = <In, Out>(p: Program<In, Out>, target: Target): Executable<In, Out> => {
  const { backend, reason } = target
  const check = checkInputs(p.in, target.ints)
  const results = toResults(p.out, target.ints)
  const { attempt, release } = guard(target)
  const run = (inputs: unknown) => () =>
    attempt(async () => {
      const checked = check(inputs)
      return E.isLeft(checked) ? checked : results(await target.call(checked.right))
    })
  // `results` has the tree of p.out
  return { backend, reason, run: run as Executable<In, Out>['run'], release }
}
