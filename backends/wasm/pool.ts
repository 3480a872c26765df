/** The other threads of a program: workers over the same module and the same memory, asleep between runs. */
import type { Memory, Module } from './engine.ts'

export interface Pool {
  readonly release: () => void
}
interface Worker {
  readonly on: (event: 'message', f: () => void) => unknown
  readonly unref: () => void
  readonly terminate: () => unknown
}
interface Threads {
  readonly Worker: new (code: string, options: { eval: true; workerData: unknown }) => Worker
}
/** Asked of the host, not imported: a page has no such module, and needs none to be loaded. */
const host = globalThis as unknown as {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown }
}
/** A worker says when it is there, and then lives inside the module. */
const code = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, thread } = workerData
const { work } = new WebAssembly.Instance(module, { env: { memory } }).exports
parentPort.postMessage('ready')
work(thread)
`
/** Workers 1, 2, ...; thread 0 is the caller's. Undefined where there are no workers. */
export const startPool = async (module: Module, memory: Memory, threads: number): Promise<Pool | undefined> => {
  const found = host.process?.getBuiltinModule?.('node:worker_threads') as Threads | undefined
  if (found === undefined) return undefined
  const workers = Array.from({ length: threads - 1 }, (_, k) => {
    const worker = new found.Worker(code, { eval: true, workerData: { module, memory, thread: k + 1 } })
    const ready = new Promise<void>((resolve) => worker.on('message', resolve))
    return { worker, ready }
  })
  await Promise.all(workers.map((w) => w.ready))
  for (const { worker } of workers) worker.unref()
  return {
    release: () => {
      for (const { worker } of workers) worker.terminate()
    },
  }
}
