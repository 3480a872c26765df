/** Exceptions while a kernel runs: the device is lost, and the kernel is named. */
import { isLimitReached } from '../lang/kernel/limit.ts'
import type { RunError } from './error.ts'

interface InKernel {
  readonly kernel: string
}
const hasKernel = (error: unknown): error is InKernel =>
  typeof error === 'object' && error !== null && 'kernel' in error
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The exception with the name of the kernel; the innermost name stays. The limit of a loop is no fault of a kernel. */
export const inKernel = (error: unknown, kernel: string | undefined): unknown =>
  kernel === undefined || isLimitReached(error) || hasKernel(error)
    ? error
    : Object.assign(new Error(messageOf(error), { cause: error }), { kernel })
/**
 * The kernel in whose function a WebAssembly module has trapped: the first of them in the stack of the exception. Engines
 * write `at %3 exp (wasm://...)` or `%3 exp@wasm://...`.
 */
export const trappedIn = (error: unknown): string | undefined =>
  error instanceof Error ? /^\s*(?:at )?(%\d.*?)(?: \(|@)/m.exec(error.stack ?? '')?.[1] : undefined

export const runError = (backend: string, error: unknown): RunError =>
  isLimitReached(error)
    ? { _tag: 'LoopLimit', loop: error.loop, limit: error.limit }
    : {
        ...{ _tag: 'DeviceLost', backend, message: messageOf(error) },
        ...(hasKernel(error) ? { kernel: error.kernel } : {}),
      }
