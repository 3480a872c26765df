/**
 * One file from one address. It is written under a temporary name and renamed once it is verified, so that a file NAME
 * is always complete.
 *
 *   NAME.PID-X.part  grows as bytes arrive; it belongs to process PID while that lives
 *   NAME.part        what an attempt that failed has received: the next one requests the rest (HTTP Range)
 *   NAME             the whole file, of the published length and SHA-256
 *
 * Source:  RFC 9110, section 14 (range requests)
 */
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PublishedFile } from '../data/published.ts'
import { codeIn, orphans, ownName, reasonOf } from './whole.ts'

export interface DownloadProgress {
  /** Its name. */
  readonly file: string
  /** How many bytes of it are on the disk. */
  readonly bytes: number
  /** How many bytes it has. */
  readonly of: number
}
export interface DownloadOptions {
  /** Runs after every chunk that arrives. */
  readonly onProgress?: (p: DownloadProgress) => IO<void>
  /** Milliseconds without a byte after which a connection counts as broken; 30,000 by default. */
  readonly patience?: number
  /** Milliseconds between attempts; 500 by default. */
  readonly pause?: number
}
/** Why an address did not provide the file. `Disk`: no address can, because the disk fails. */
type DownloadFailure =
  | { readonly _tag: 'Network'; readonly reason: string }
  | { readonly _tag: 'Disk'; readonly path: string; readonly reason: string }

/** The reason of a failed fetch, which hides Node's code in its cause. */
const failureOf = (error: unknown): string =>
  codeIn(error instanceof Error ? error.cause : undefined) ?? reasonOf(error)
const lengthOf = (path: string): Promise<number> =>
  stat(path).then(
    (s) => (s.isFile() ? s.size : 0),
    () => 0,
  )

/** Whether a file exists with the published length and checksum. */
export const isSound = async (path: string, { bytes, sha256 }: PublishedFile): Promise<boolean> => {
  if ((await lengthOf(path)) !== bytes) return false
  const hash = createHash('sha256')
  return pipeline(createReadStream(path), hash).then(
    () => hash.digest('hex') === sha256,
    () => false,
  )
}

/** How an attempt ended. After `Cut` another attempt may continue where it ended. */
type Attempt = { readonly _tag: 'Complete' } | { readonly _tag: 'Cut' | 'Refused' | 'Disk'; readonly reason: string }
const cut = (reason: string): Attempt => ({ _tag: 'Cut', reason })
const refused = (reason: string): Attempt => ({ _tag: 'Refused', reason })

/** The position in the file at which the body of a response begins, or why it is no part of the file. */
const startOf = ({ status, headers }: Response, have: number): number | Attempt => {
  if (status === 200) return 0
  const [, from] = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '') ?? []
  if (status === 206 && Number(from) === have) return have
  const passing = status === 206 || status === 416 || status === 429 || status >= 500
  return passing ? cut(`HTTP ${status}`) : refused(`HTTP ${status}`)
}
const write = async (out: FileHandle, chunk: Uint8Array, at: number): Promise<void> => {
  for (let done = 0; done < chunk.length; )
    done += (await out.write(chunk, done, chunk.length - done, at + done)).bytesWritten
}
/** Receives the bytes from `have` on, as many as arrive. */
const receive = async (
  out: FileHandle,
  url: string,
  file: PublishedFile,
  have: number,
  { patience = 30_000, onProgress }: DownloadOptions,
): Promise<Attempt> => {
  const stop = new AbortController()
  const clock = setTimeout(() => stop.abort(new Error(`no byte in ${patience / 1000} s`)), patience)
  try {
    const range = have > 0 ? { range: `bytes=${have}-` } : {}
    const headers = { 'accept-encoding': 'identity', ...range }
    const response = await fetch(url, { headers, signal: stop.signal })
    const start = startOf(response, have)
    if (typeof start !== 'number' || response.body === null) {
      await response.body?.cancel()
      return typeof start === 'number' ? refused('an empty answer') : start
    }
    let at = start
    // Node's streams are iterable, which the types of fetch do not say
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      clock.refresh()
      if (at + chunk.length > file.bytes) return refused(`more than the ${file.bytes} bytes that were published`)
      try {
        await write(out, chunk, at)
      } catch (error) {
        return { _tag: 'Disk', reason: reasonOf(error) }
      }
      at += chunk.length
      onProgress?.({ file: file.name, bytes: at, of: file.bytes })()
    }
    return at === file.bytes ? { _tag: 'Complete' } : cut(`cut after ${at} of ${file.bytes} bytes`)
  } catch (error) {
    const reason = stop.signal.aborted ? reasonOf(stop.signal.reason) : failureOf(error)
    return ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'].includes(reason) ? refused(reason) : cut(reason)
  } finally {
    clearTimeout(clock)
    stop.abort()
  }
}
/** Repeats attempts until the file is complete, or three in a row have received nothing. */
const receiveAll = async (out: FileHandle, url: string, file: PublishedFile, o: DownloadOptions): Promise<Attempt> => {
  let before = -1
  for (let idle = 0; ; ) {
    const have = (await out.stat()).size
    if (have === file.bytes) return { _tag: 'Complete' }
    idle = have > before ? 0 : idle + 1
    before = Math.max(before, have)
    const attempt = await receive(out, url, file, have, o)
    if (attempt._tag !== 'Cut' || idle === 2) return attempt
    // the server has no such range: the bytes so far are of another file
    if (attempt.reason === 'HTTP 416') await out.truncate(0)
    await new Promise((resolve) => setTimeout(resolve, o.pause ?? 500))
  }
}

/** Receives a file, after the bytes that it has already if it is `resumed`. */
const fill = async (
  own: string,
  url: string,
  file: PublishedFile,
  resumed: boolean,
  o: DownloadOptions,
): Promise<Attempt> => {
  const out = await open(own, constants.O_RDWR | constants.O_CREAT)
  try {
    if (!resumed || (await out.stat()).size > file.bytes) await out.truncate(0)
    const attempt = await receiveAll(out, url, file, o)
    await out.sync()
    return attempt
  } finally {
    await out.close()
  }
}
const moved = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  )
/**
 * Takes over the bytes of an earlier attempt, unless its process still runs. If several processes try, the rename
 * succeeds in only one of them.
 */
const adopt = async (path: string, own: string): Promise<boolean> => {
  for (const left of [`${path}.part`, ...(await orphans(path, 'part'))]) if (await moved(left, own)) return true
  return false
}

/**
 * The path of the file in the folder, fetched unless it exists and is verified.
 *
 * Law:     after success the file has the published length and checksum; no other file ever has its name
 */
export const download =
  (folder: string, base: string, file: PublishedFile, o: DownloadOptions = {}): TaskEither<DownloadFailure, string> =>
  async () => {
    const path = join(folder, file.name)
    const own = ownName(path, 'part')
    const disk = (reason: string) => E.left<DownloadFailure>({ _tag: 'Disk', path: folder, reason })
    if (await isSound(path, file)) return E.right(path)
    try {
      await mkdir(folder, { recursive: true })
      // what an earlier attempt received may be wrong: then the whole file is fetched once more
      for (const resumed of (await adopt(path, own)) ? [true, false] : [false]) {
        const attempt = await fill(own, `${base}${file.name}`, file, resumed, o)
        if (attempt._tag === 'Complete' && (await isSound(own, file))) {
          await rename(own, path)
          return E.right(path)
        }
        if (attempt._tag !== 'Complete') {
          await moved(own, `${path}.part`)
          return attempt._tag === 'Disk' ? disk(attempt.reason) : E.left({ _tag: 'Network', reason: attempt.reason })
        }
        await rm(own, { force: true })
      }
      return E.left({ _tag: 'Network', reason: 'its bytes are not those that were published (SHA-256)' })
    } catch (error) {
      return disk(reasonOf(error))
    }
  }
