/** Compiled modules in a folder: one file each, named by the hash of the program. */
import { readFile } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ModuleStore } from '../../lang/backend.ts'
import { cacheFolder } from './cache.ts'
import { inFolder, reasonOf, type WriteFailure, writeWhole } from './whole.ts'

/**
 * A store for compiled modules in files, for `wasm({ cache: moduleFolder() })`. By default in the cache folder. A file is
 * complete or absent; files that are not used any more may be deleted at any time.
 *
 * @example
 * const backend = wasm({ cache: moduleFolder('run/modules') })
 */
export const moduleFolder = (folder: string = cacheFolder('modules')): ModuleStore => {
  const path = (key: string): string => inFolder(folder, `${key}.wasm-entry`)
  return {
    name: folder,
    get: (key) =>
      pipe(
        TE.tryCatch((): Promise<Uint8Array> => readFile(path(key)), reasonOf),
        TE.orElseW((reason) => (reason === 'ENOENT' ? TE.right(undefined) : TE.left(reason))),
      ),
    put: (key, entry) => TE.mapLeft(({ reason }: WriteFailure) => reason)(writeWhole(path(key), entry)),
  }
}
