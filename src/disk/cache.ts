/**
 * Published datasets in a cache folder: missing files are fetched once.
 *
 *   $XDG_CACHE_HOME/adjoint/NAME, else %LOCALAPPDATA%\adjoint\NAME on Windows, else ~/.cache/adjoint/NAME
 *
 * Source:  XDG Base Directory Specification, 0.8
 */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../data/error.ts'
import type { Published, PublishedFile } from '../data/published.ts'
import { type DownloadOptions, download, isSound } from './download.ts'

type Environment = { readonly [name: string]: string | undefined }
/** The folder of a dataset. A relative XDG_CACHE_HOME is ignored, as the specification demands. */
export const cacheFolder = (name: string, env: Environment = process.env): string => {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env
  const root = xdg !== undefined && isAbsolute(xdg) ? xdg : (local ?? join(homedir(), '.cache'))
  return join(root, 'adjoint', name)
}

export interface ObtainOptions extends DownloadOptions {
  /** The folder for the files; the cache folder by default. */
  readonly folder?: string
}
/**
 * The folder of a dataset, with all its files complete and verified: for `loadMnist`.
 *
 * Errors:  NotObtained, with the failure of every mirror and the files to put there by hand; Unwritable
 *
 * @example
 * pipe(obtain(mnist), TE.chain((folder) => loadMnist(folder, 'train')))
 */
export const obtain =
  (set: Published, o: ObtainOptions = {}): TaskEither<DataError, string> =>
  async () => {
    const folder = o.folder ?? cacheFolder(set.name)
    const missing: PublishedFile[] = []
    for (const file of set.files) if (!(await isSound(join(folder, file.name), file))) missing.push(file)
    for (const [i, file] of missing.entries()) {
      const tried: { readonly url: string; readonly reason: string }[] = []
      let got = false
      for (const mirror of set.mirrors) {
        const result = await download(folder, mirror, file, o)()
        got = E.isRight(result)
        if (E.isRight(result)) break
        if (result.left._tag === 'Disk') return E.left({ ...result.left, _tag: 'Unwritable' })
        tried.push({ url: `${mirror}${file.name}`, reason: result.left.reason })
      }
      if (!got) return E.left({ _tag: 'NotObtained', name: set.name, folder, missing: missing.slice(i), tried })
    }
    return E.right(folder)
  }
