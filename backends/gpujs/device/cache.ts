/** Compiled kernels, by their content. The programs of a GPU share them; a kernel is destroyed with its last user. */
import * as E from 'fp-ts/lib/Either.js'
import type { CompileError } from '../../error.ts'
import type { Destroyable } from './kernelTypes.ts'

export interface CacheEntry<Run> {
  readonly compiled: Promise<E.Either<CompileError, Destroyable<Run>>>
  /** How many programs use it. */
  users: number
}
/** Compiles, unless the key was compiled before. Passes to `onRelease` the action that ends this use. */
export const cached = async <Run>(
  entries: Map<string, CacheEntry<Run>>,
  key: string,
  compile: () => CacheEntry<Run>['compiled'],
  onRelease: (release: () => void) => void,
): Promise<E.Either<CompileError, Run>> => {
  const entry = entries.get(key) ?? { compiled: compile(), users: 0 }
  entries.set(key, entry)
  entry.users++
  onRelease(() => {
    if (--entry.users > 0) return
    entries.delete(key)
    void entry.compiled.then((c) => E.isRight(c) && c.right.destroy())
  })
  return E.map((c: Destroyable<Run>) => c.run)(await entry.compiled)
}
