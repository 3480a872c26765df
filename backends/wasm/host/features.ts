/** What the engine and its host support. */
import { type Code, f32x4, makeModule } from '../assembler/index.ts'
import { engine } from './engine.ts'

type V = Code<'v128'>
const accepts = (instruction: (x: V) => V): boolean => {
  const m = makeModule()
  m.func(['v128'], 'v128', (_, x) => instruction(x.get))
  return engine.validate(m.finish({ pages: 1 }))
}
/** Vectors, which every module uses. */
export const isSupported = (): boolean => engine !== undefined && accepts((x) => f32x4.add(x, x))
/** Fused multiplication and addition. */
export const hasRelaxed = (): boolean => isSupported() && accepts((x) => f32x4.relaxedMadd(x, x, x))
export const hasSharedMemory = (): boolean => typeof SharedArrayBuffer !== 'undefined'
/** Whether this thread may sleep: a page's main thread may not. The expected word differs, so the wait ends at once. */
export const maySleep = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}
