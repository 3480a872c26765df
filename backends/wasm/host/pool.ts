/** The other threads of a program: workers on the same module and memory, which sleep between runs. */
import * as E from 'fp-ts/lib/Either.js'
import { words } from '../threads/protocol.ts'
import type { Module, WasmMemory } from './engine.ts'

export interface Pool {
  /** Throws if a worker has ended, because the range that it had taken will never be done. */
  readonly check: () => void
  readonly release: () => void
}
/** The workers of Node and of a page, as far as they are used. */
interface NodeWorker {
  readonly on: (event: 'message' | 'error' | 'exit', f: () => void) => unknown
  readonly performance: { readonly eventLoopUtilization: () => { readonly idle: number } }
  readonly unref: () => void
  readonly terminate: () => unknown
}
interface PageWorker {
  onmessage: () => void
  onerror: (event: { readonly preventDefault: () => void }) => void
  readonly postMessage: (data: unknown) => void
  readonly terminate: () => void
}
/** Read from the host, not imported: a page has no worker_threads, and Node has no workers from a URL. */
const host = globalThis as unknown as {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown }
  readonly Worker?: new (url: string) => PageWorker
  readonly Blob: new (parts: readonly string[], options: { readonly type: string }) => object
  readonly URL: { readonly createObjectURL: (blob: object) => string; readonly revokeObjectURL: (url: string) => void }
}
interface Threads {
  readonly Worker: new (code: string, options: { eval: true; workerData: unknown }) => NodeWorker
}

/** What a worker gets. It reports when it has started, and then stays in the module's `work`. */
interface Task {
  readonly module: Module
  readonly memory: WasmMemory
  readonly thread: number
}
const workerCode = (ready: string): string => `{
  const { work } = new WebAssembly.Instance(module, { env: { memory, check() {} } }).exports
  ${ready}
  try {
    work(thread)
  } finally {
    Atomics.store(new Int32Array(memory.buffer), ${words.ended / 4}, 1)
  }
}`
const nodeCode = `
const { parentPort, workerData: { module, memory, thread } } = require('node:worker_threads')
${workerCode("parentPort.postMessage('ready')")}`
const pageCode = `onmessage = ({ data: { module, memory, thread } }) => ${workerCode("postMessage('ready')")}`

interface Started {
  /** False when the worker cannot be started. */
  readonly ready: Promise<boolean>
  /** Whether it was ended from outside. A page does not report that. */
  readonly ended: () => boolean
  /** Lets the process exit while the worker runs. */
  readonly detach: () => void
  readonly stop: () => void
}
const inNode =
  ({ Worker }: Threads) =>
  (workerData: Task): Started => {
    const worker = new Worker(nodeCode, { eval: true, workerData })
    let exited = false
    return {
      ready: new Promise((resolve) => {
        worker.on('message', () => resolve(true))
        worker.on('error', () => resolve(false))
        worker.on('exit', () => {
          exited = true
          resolve(false)
        })
      }),
      // no event reaches a thread that waits, but Node reports idle = -1 for a thread that has ended
      ended: () => exited || worker.performance.eventLoopUtilization().idle < 0,
      detach: () => worker.unref(),
      stop: () => worker.terminate(),
    }
  }
/** From a URL of the code itself, so that no file is served. A policy may refuse it, by an exception or an event. */
const inPage =
  (Worker: NonNullable<typeof host.Worker>, url: string) =>
  (task: Task): Started => {
    try {
      const worker = new Worker(url)
      const ready = new Promise<boolean>((resolve) => {
        worker.onmessage = () => resolve(true)
        worker.onerror = (event) => {
          event.preventDefault()
          resolve(false)
        }
      })
      worker.postMessage(task)
      return { ready, ended: () => false, detach: () => undefined, stop: () => worker.terminate() }
    } catch {
      return { ready: Promise.resolve(false), ended: () => true, detach: () => undefined, stop: () => undefined }
    }
  }
const allReady = async (
  workers: readonly Started[],
  memory: WasmMemory,
  refusal: string,
): Promise<E.Either<string, Pool>> => {
  const found = await Promise.all(workers.map((w) => w.ready))
  const release = () => {
    for (const w of workers) w.stop()
  }
  const state = new Int32Array(memory.buffer)
  const check = () => {
    if (Atomics.load(state, words.ended / 4) !== 0 || workers.some((w) => w.ended()))
      throw new Error('a worker thread has ended: killed, or out of memory')
  }
  for (const w of workers) w.detach()
  if (found.every((ready) => ready)) return E.right({ check, release })
  release()
  return E.left(refusal)
}

/** Workers 1, 2, ...; thread 0 is the caller's. Left: why there are none. */
export const startPool = async (
  module: Module,
  memory: WasmMemory,
  threads: number,
): Promise<E.Either<string, Pool>> => {
  const tasks = Array.from({ length: threads - 1 }, (_, k): Task => ({ module, memory, thread: k + 1 }))
  const node = host.process?.getBuiltinModule?.('node:worker_threads') as Threads | undefined
  if (node !== undefined) return allReady(tasks.map(inNode(node)), memory, 'no worker can be started')
  if (host.Worker === undefined) return E.left('there are no workers here')
  const url = host.URL.createObjectURL(new host.Blob([pageCode], { type: 'text/javascript' }))
  const pool = await allReady(
    tasks.map(inPage(host.Worker, url)),
    memory,
    'no worker can be started; a Content-Security-Policy must allow worker-src blob:',
  )
  host.URL.revokeObjectURL(url)
  return pool
}
