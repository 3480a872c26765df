/** Downloads from a loopback server that cuts, lies, refuses and ignores ranges: only the published bytes get the name. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { showDataError } from '../../../src/data/error.ts'
import { fashionMnist, mnist, type Published } from '../../../src/data/published.ts'
import { cacheFolder, type ObtainOptions, obtain } from '../../../src/disk/cache.ts'
import type { DownloadProgress } from '../../../src/disk/download.ts'

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >>> 5)
const name = 'numbers.gz'
const sha256 = createHash('sha256').update(bytes).digest('hex')

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const from = (request: IncomingMessage): number => Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
const whole =
  (body: Uint8Array): Answer =>
  (_, r) =>
    void r.writeHead(200).end(body)
const status =
  (code: number): Answer =>
  (_, r) =>
    void r.writeHead(code).end('no')
/** The rest from the requested byte. */
const ranged: Answer = (q, r) => {
  const start = from(q)
  if (start === 0) return whole(bytes)(q, r)
  r.writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }).end(bytes.slice(start))
}
/** `n` bytes from the requested one, then the connection breaks. */
const cutAfter =
  (n: number): Answer =>
  (q, r) => {
    const start = from(q)
    const range = start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}
    r.writeHead(start > 0 ? 206 : 200, { 'content-length': bytes.length - start, ...range })
    r.write(bytes.slice(start, start + n), () => r.destroy())
  }
const ignoringRanges =
  (n: number): Answer =>
  (_, r) => {
    r.writeHead(200, { 'content-length': bytes.length })
    r.write(bytes.slice(0, n), () => r.destroy())
  }
const silent: Answer = (_, r) => void r.writeHead(200, { 'content-length': bytes.length }).write(bytes.slice(0, 10))

const server = { base: '', answers: [] as Answer[], asked: [] as string[], folder: '' }
const http = createServer((q, r) => {
  server.asked.push(q.headers.range ?? 'all')
  const next = server.answers.length > 1 ? server.answers.shift() : server.answers[0]
  next?.(q, r)
})
beforeAll(async () => {
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  server.base = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
})
afterAll(
  () =>
    new Promise<void>((done) => {
      http.closeAllConnections()
      http.close(() => done())
    }),
)
const folders: string[] = []
beforeEach(async () => {
  server.folder = await mkdtemp(join(tmpdir(), 'adjoint-download-'))
  server.asked = []
  folders.push(server.folder)
})
afterAll(() => Promise.all(folders.map((f) => rm(f, { recursive: true, force: true }))))

const set = (mirrors: readonly string[] = [server.base]): Published => ({
  name: 'numbers',
  files: [{ name, bytes: bytes.length, sha256 }],
  mirrors,
})
const get = (answers: readonly Answer[], o: ObtainOptions = {}, mirrors?: readonly string[]) => {
  server.answers = [...answers]
  return obtain(set(mirrors), { folder: server.folder, pause: 1, ...o })()
}
/** The file exists, is right, and no other file does. */
const landed = async (): Promise<boolean> =>
  (await readdir(server.folder)).join() === name &&
  Buffer.compare(await readFile(join(server.folder, name)), bytes) === 0
const reason = (r: E.Either<unknown, unknown>): string =>
  E.isLeft(r)
    ? ((r.left as { readonly tried?: readonly { readonly reason: string }[] }).tried?.[0]?.reason ?? 'none')
    : 'right'

describe('the file is complete and verified', () => {
  test('from a sound server, with progress to the last byte, and is not fetched again', async () => {
    const seen: DownloadProgress[] = []
    const onProgress = (p: DownloadProgress) => () => void seen.push(p)
    expect(await get([ranged], { onProgress })).toEqual(E.right(server.folder))
    expect(await landed()).toBe(true)
    expect(seen.at(-1)).toEqual({ file: name, bytes: bytes.length, of: bytes.length })
    expect(seen.every((p, i) => i === 0 || p.bytes > (seen[i - 1]?.bytes ?? 0))).toBe(true)
    expect(await get([status(500)])).toEqual(E.right(server.folder))
    expect(server.asked).toEqual(['all'])
  })
  test('cut five times: each attempt requests the rest only', async () => {
    expect(await get([...Array.from({ length: 5 }, () => cutAfter(50_000)), ranged])).toEqual(E.right(server.folder))
    expect(server.asked.length).toBe(6)
    expect(server.asked.slice(1).every((r) => r.startsWith('bytes='))).toBe(true)
    expect(await landed()).toBe(true)
  })
  test('from a server that ignores ranges', async () => {
    expect(await get([ignoringRanges(90_000), ignoringRanges(200_000), whole(bytes)])).toEqual(E.right(server.folder))
    expect(await landed()).toBe(true)
  })
  test('continues what an interrupted process received', async () => {
    await writeFile(join(server.folder, `${name}.part`), bytes.slice(0, 123_456))
    expect(await get([ranged])).toEqual(E.right(server.folder))
    expect(server.asked).toEqual(['bytes=123456-'])
    expect(await landed()).toBe(true)
  })
  test.each([
    ['wrong', 1000],
    ['wrong and complete', bytes.length],
    ['too long', bytes.length + 5],
  ])('a partial file that is %s is discarded', async (_, length) => {
    await writeFile(join(server.folder, `${name}.part`), new Uint8Array(length))
    expect(await get([ranged])).toEqual(E.right(server.folder))
    expect(await landed()).toBe(true)
  })
  test('a damaged file in the cache is fetched again', async () => {
    await writeFile(
      join(server.folder, name),
      bytes.map((b, i) => (i === 1000 ? b ^ 1 : b)),
    )
    expect(await get([ranged])).toEqual(E.right(server.folder))
    expect(await landed()).toBe(true)
  })
  test('continues the file of a killed process, and not that of a living one', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    await writeFile(join(server.folder, `${name}.${process.ppid}-ab.part`), bytes.slice(0, 99))
    await writeFile(join(server.folder, `${name}.${dead}-ab.part`), bytes.slice(0, 77))
    expect(await get([ranged])).toEqual(E.right(server.folder))
    expect(server.asked).toEqual(['bytes=77-'])
    expect(await readdir(server.folder)).toEqual([name, `${name}.${process.ppid}-ab.part`])
  })
  test('after a busy server', async () => {
    expect(await get([status(503), status(429), ranged])).toEqual(E.right(server.folder))
  })
  test('from the second mirror if the first has nothing, or other bytes', async () => {
    const two = [`${server.base}one/`, `${server.base}two/`]
    expect(await get([status(404), ranged], {}, two)).toEqual(E.right(server.folder))
    await rm(join(server.folder, name))
    expect(await get([whole(bytes.map((b) => b ^ 1)), ranged], {}, two)).toEqual(E.right(server.folder))
    expect(await landed()).toBe(true)
  })
  test('by two processes at once', async () => {
    const both = await Promise.all([get([ranged]), obtain(set(), { folder: server.folder, pause: 1 })()])
    expect(both).toEqual([E.right(server.folder), E.right(server.folder)])
    expect(await landed()).toBe(true)
  })
})

describe('there is no file, and the error has the reason', () => {
  test.each<readonly [string, readonly Answer[], RegExp]>([
    ['404', [status(404)], /^HTTP 404$/],
    ['a server that stays broken', [status(500)], /^HTTP 500$/],
    ['wrong bytes', [whole(bytes.map((b) => b ^ 1))], /SHA-256/],
    ['too many bytes', [whole(new Uint8Array(bytes.length + 1))], /more than/],
    [
      'cut before the first byte, always',
      [(_, r) => void r.destroy()],
      /UND_ERR_SOCKET|ECONNRESET|terminated|other side/,
    ],
    ['too few bytes, always', [whole(bytes.slice(0, 10))], /cut after 10|HTTP 206|HTTP 416/],
  ])('%s', async (_, answers, said) => {
    expect(reason(await get(answers))).toMatch(said)
    expect(await readdir(server.folder)).not.toContain(name)
  })
  test('a connection that goes silent', async () => {
    expect(reason(await get([silent], { patience: 60 }))).toMatch(/no byte in 0.06 s/)
  })
  test('offline: the error names the files, their place and their sizes', async () => {
    const closed = createServer()
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done))
    const { port } = closed.address() as AddressInfo
    await new Promise((done) => closed.close(done))
    const result = await get([ranged], {}, [`http://127.0.0.1:${port}/`])
    expect(reason(result)).toBe('ECONNREFUSED')
    const text = E.isLeft(result) ? showDataError(result.left) : ''
    for (const said of [name, server.folder, String(bytes.length), sha256, 'put these files there'])
      expect(text).toContain(said)
  })
  test('no folder can be created: an error, and no download', async () => {
    const file = join(server.folder, 'file')
    await writeFile(file, '')
    expect(await get([ranged], { folder: join(file, 'below') })).toMatchObject({ left: { _tag: 'Unwritable' } })
    expect(server.asked).toEqual([])
  })
})

test('the cache folder follows XDG_CACHE_HOME if that is absolute', () => {
  expect(cacheFolder('mnist', { XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'adjoint', 'mnist'))
  expect(cacheFolder('mnist', { XDG_CACHE_HOME: 'c' })).toMatch(/\.cache.adjoint.mnist$/)
})
test('published datasets have four files each, and addresses that end in a slash', () => {
  for (const { files, mirrors } of [mnist, fashionMnist]) {
    expect(new Set(files.map((f) => f.sha256)).size).toBe(4)
    expect(files.every((f) => /^[0-9a-f]{64}$/.test(f.sha256) && f.name.endsWith('-ubyte.gz'))).toBe(true)
    expect(mirrors.every((m) => /^https?:.*\/$/.test(m))).toBe(true)
  }
})
const own = process.env.ADJOINT_MNIST
test('the published checksums are those of the files', async (context) => {
  if (own === undefined) {
    console.info('skipped: the published checksums, because ADJOINT_MNIST names no folder with the files')
    return context.skip('ADJOINT_MNIST names no folder with the files')
  }
  // no mirror: only files on the disk count
  expect(await obtain({ ...mnist, mirrors: [] }, { folder: own })()).toEqual(E.right(own))
})
