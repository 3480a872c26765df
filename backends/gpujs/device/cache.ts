/** Things built once for their content, and destroyed after their last user. */
import * as E from 'fp-ts/lib/Either.js'
import type { CompileError } from '../../error.ts'

/** Something built, and how many times it has been asked for and not yet given back. */
export interface CacheEntry<Run> {
  readonly built: Promise<E.Either<CompileError, { readonly run: Run; readonly destroy: () => void }>>
  users: number
}
/** The one thing of this content, and its key among those that a device has used. */
export const cached = async <Run>(
  entries: Map<string, CacheEntry<Run>>,
  key: string,
  make: () => CacheEntry<Run>['built'],
  onRelease: (give: () => void) => void,
): Promise<E.Either<CompileError, Run>> => {
  const entry = entries.get(key) ?? { built: make(), users: 0 }
  entries.set(key, entry)
  entry.users++
  onRelease(() => {
    if (--entry.users > 0) return
    entries.delete(key)
    void entry.built.then((made) => E.isRight(made) && made.right.destroy())
  })
  return E.map((made: { readonly run: Run }) => made.run)(await entry.built)
}
