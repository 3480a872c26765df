/** What the engine and its host can do. */
import { type Code, f32x4, makeModule } from '../assembler/index.ts'
import { engine } from './engine.ts'

type V = Code<'v128'>
const knows = (instruction: (x: V) => V): boolean => {
  const m = makeModule()
  m.func(['v128'], 'v128', (_, x) => instruction(x.get))
  return engine.validate(m.finish({ pages: 1 }))
}
/** Vectors, without which nothing here runs. */
export const isSupported = (): boolean => engine !== undefined && knows((x) => f32x4.add(x, x))
/** Multiplication and addition in one instruction. */
export const hasRelaxed = (): boolean => isSupported() && knows((x) => f32x4.relaxedMadd(x, x, x))
export const hasSharedMemory = (): boolean => typeof SharedArrayBuffer !== 'undefined'
/** May this thread wait asleep? A page's own may not. The word there is 0, so a thread that may is not kept waiting. */
export const maySleep = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}
