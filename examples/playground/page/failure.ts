/** What can go wrong between a room and the library, in the library's own words. */
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../../backends/index.ts'

export type Outcome<A> = E.Either<string, A>
type Task<L, A> = () => Promise<E.Either<L, A>>
/** A compilation or a run, with its error as a sentence; what a driver throws is one too. */
export const attempt = async <A>(task: Task<Parameters<typeof showBackendError>[0], A>): Promise<Outcome<A>> => {
  try {
    return E.mapLeft(showBackendError)(await task())
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
}
