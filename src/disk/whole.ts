/**
 * Files that are complete or absent: the content is written to a temporary file in the same folder, flushed to the disk
 * (fsync), and renamed. A process killed at any instant leaves the old file or the new one.
 *
 * Source:  T. S. Pillai et al., "All file systems are not created equal" (OSDI 2014), for the fsyncs of file and folder
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** The path of a file in a folder. */
export const inFolder = (folder: string, name: string): string => join(folder, name)

/** Node's code of a failure, such as ENOSPC, if it has one. */
export const codeIn = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
/** The code of a failure, or its message. */
export const reasonOf = (error: unknown): string =>
  codeIn(error) ?? (error instanceof Error ? error.message : String(error))

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeIn(error) === 'EPERM'
  }
}
/** A temporary name beside a path, which no other process uses. */
export const ownName = (path: string, ending: string): string =>
  `${path}.${process.pid}-${randomBytes(4).toString('hex')}.${ending}`
/** Files with names of `ownName` whose processes have ended. */
export const orphans = async (path: string, ending: string): Promise<readonly string[]> => {
  const [folder, name] = [dirname(path), basename(path)]
  return (await readdir(folder)).flatMap((found) => {
    const rest = found.startsWith(`${name}.`) ? found.slice(name.length + 1) : ''
    const [, pid, end] = /^(\d+)-[0-9a-f]+\.(\w+)$/.exec(rest) ?? []
    return pid !== undefined && end === ending && !alive(Number(pid)) ? [join(folder, found)] : []
  })
}

/** Why a file cannot be written. */
export interface WriteFailure {
  readonly path: string
  readonly reason: string
}
/** Flushes a rename to the disk, on systems that can open a folder. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
/**
 * Writes a file atomically, and creates its folder if needed.
 *
 * Law:     after a failure or a kill the file before it is unchanged
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
