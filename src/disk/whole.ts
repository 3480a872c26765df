/**
 * Files that are whole or not there: what is written goes to a file of its own beside the place, is made to reach the disk
 * (fsync), and takes the place by a rename. A process killed at any instant leaves the old file or the new one.
 *
 * Source:  T. S. Pillai et al., "All file systems are not created equal" (OSDI 2014): why both fsyncs
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** The path of a name in a folder. */
export const inFolder = (folder: string, name: string): string => join(folder, name)

/** Node's name of a failure, such as ENOSPC, where there is one. */
export const codeIn = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
export const reasonOf = (error: unknown): string =>
  codeIn(error) ?? (error instanceof Error ? error.message : String(error))

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeIn(error) === 'EPERM'
  }
}
/** A name beside a path, of this process alone. */
export const ownName = (path: string, ending: string): string =>
  `${path}.${process.pid}-${randomBytes(4).toString('hex')}.${ending}`
/** What processes that are no more left beside a path under `ownName`. */
export const orphans = async (path: string, ending: string): Promise<readonly string[]> => {
  const [folder, name] = [dirname(path), basename(path)]
  return (await readdir(folder)).flatMap((found) => {
    const rest = found.startsWith(`${name}.`) ? found.slice(name.length + 1) : ''
    const [, pid, end] = /^(\d+)-[0-9a-f]+\.(\w+)$/.exec(rest) ?? []
    return pid !== undefined && end === ending && !alive(Number(pid)) ? [join(folder, found)] : []
  })
}

export interface WriteFailure {
  readonly path: string
  readonly reason: string
}
/** Makes a rename last: not every system lets a folder be opened. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
/**
 * The file, whole, with its folder made where there is none.
 *
 * Law:     on failure, and when killed, what was at the path before is still there
 */
export const writeWhole =
  (path: string, content: Uint8Array | string): TaskEither<WriteFailure, void> =>
  async () => {
    const own = ownName(path, 'tmp')
    try {
      await mkdir(dirname(path), { recursive: true })
      for (const left of await orphans(path, 'tmp')) await rm(left, { force: true })
      const out = await open(own, 'wx')
      try {
        await out.writeFile(content)
        await out.sync()
      } finally {
        await out.close()
      }
      await rename(own, path)
      await syncFolder(dirname(path))
      return E.right(undefined)
    } catch (error) {
      await rm(own, { force: true }).catch(() => undefined)
      return E.left({ path, reason: reasonOf(error) })
    }
  }
