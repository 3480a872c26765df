/** Errors of the library, in its own words. */
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../../backends/index.ts'

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
