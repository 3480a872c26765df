/** Errors of the library, in its own words. */
import * as E from 'fp-ts/lib/Either.js'
import { type Backend, type Executable, showBackendError } from '../../../backends/index.ts'
import type { Untyped } from './untyped.ts'

export type Outcome<A> = E.Either<string, A>
type Task<L, A> = () => Promise<E.Either<L, A>>
/** A compilation or a run, with its error as a sentence; exceptions of drivers become sentences too. */
export const attempt = async <A>(task: Task<Parameters<typeof showBackendError>[0], A>): Promise<Outcome<A>> => {
  try {
    return E.mapLeft(showBackendError)(await task())
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
}
/** A compilation of a program whose types only run time knows. */
export const attemptCompile = (backend: Backend, p: Untyped): Promise<Outcome<Executable<unknown, unknown>>> =>
  attempt(backend.compile(p))
/** The inputs are the tree that the program was built with; the executable checks them. */
export const attemptRun = (x: Executable<unknown, unknown>, inputs: unknown): Promise<Outcome<unknown>> =>
  attempt(x.run(inputs as never))
