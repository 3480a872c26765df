/** What the programs of the bench share: a step whose state stays where it computes, and an error as an exception. */
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../backends/index.ts'
import type { Program } from '../../lang/syntax/program.ts'

/** (state, data) -> (state, results) */
export type HeldStep = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
/** What a back end or a check of a program gives, or its error. */
export const orFail = <A>(result: E.Either<unknown, A>): A => {
  if (E.isRight(result)) return result.right
  throw new Error(showBackendError(result.left as never))
}
/** What a back end says of a program that it keeps on one thread. */
export const noteOf = ({ reason }: { readonly reason: string }): { readonly note: string } | undefined =>
  reason.startsWith('one thread') ? { note: reason } : undefined
