/**
 * Where a step's time goes, by the functions of its module: kernels carry the names of the values that they write, so a
 * sampling profiler sees the steps of the plan and the parts of a product (packing, core, finish).
 */
import { Session } from 'node:inspector/promises'

interface Frame {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
}
export interface Line {
  readonly name: string
  /** Milliseconds per step in the function itself, calls left out. */
  readonly ms: number
  readonly share: number
}
/** Own time per function, the dearest first, of as many steps as fit in the milliseconds. */
export const profiled = async (once: () => unknown, milliseconds: number): Promise<readonly Line[]> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 100 })
  await session.post('Profiler.start')
  const start = performance.now()
  let steps = 0
  for (; performance.now() - start < milliseconds; steps++) {
    const made = once()
    if (made instanceof Promise) await made
  }
  const taken = (performance.now() - start) / steps
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const names = new Map<number, string>()
  for (const n of profile.nodes as unknown as readonly Frame[])
    names.set(n.id, n.callFrame.url.startsWith('wasm:') ? n.callFrame.functionName : '(JavaScript)')
  const counts = new Map<string, number>()
  const samples = profile.samples ?? []
  for (const id of samples) {
    const name = names.get(id) ?? '?'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, n]) => ({ name, ms: (taken * n) / samples.length, share: n / samples.length }))
    .sort((a, b) => b.ms - a.ms)
}
export const showProfile = (lines: readonly Line[]): string =>
  lines
    .filter((l) => l.share >= 0.002)
    .map((l) => `${l.ms.toFixed(4).padStart(10)} ms ${(100 * l.share).toFixed(1).padStart(5)} %  ${l.name}`)
    .join('\n')
