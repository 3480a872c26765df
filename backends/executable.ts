/** An executable from the function that does its arithmetic: inputs checked, outputs shaped, released once. */
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../lang/program.ts'
import type { Executable } from './backend.ts'
import { checkInputs, type Elements, type Floats, type Integers, toResults } from './boundary.ts'
import type { RunError } from './error.ts'

export interface Target {
  readonly backend: string
  readonly reason: string
  /** The integers that the back end has; int32 when absent. */
  readonly ints?: Integers
  /** The outputs in order, in memory that nothing else will write to. What it throws means that the device is lost. */
  readonly call: (inputs: readonly Elements[]) => readonly Floats[] | Promise<readonly Floats[]>
  readonly release: () => void
}

export const executable = <In, Out>(p: Program<In, Out>, target: Target): Executable<In, Out> => {
  const { backend, reason } = target
  const check = checkInputs(p.in, target.ints)
  let released = false
  const untyped = (inputs: unknown) => async (): Promise<E.Either<RunError, unknown>> => {
    if (released) return E.left({ _tag: 'Released', backend })
    const checked = check(inputs)
    if (E.isLeft(checked)) return checked
    try {
      return E.right(toResults(p.out, await target.call(checked.right)))
    } catch (error) {
      return E.left({ _tag: 'DeviceLost', backend, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return {
    backend,
    reason,
    run: untyped as never,
    release: () => {
      if (!released) target.release()
      released = true
    },
  }
}
