/** The language, its derivatives and the WebAssembly back end: what a page needs that does without gpu.js. */
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError, wasm } from '../../../backends/index.ts'
import { gradOrThrow, mul, programOrThrow, real, sum } from '../../../src/index.ts'

/** The gradient of |x|^2, by the back end; and what ran. */
const gradient = async (
  xs: readonly number[],
): Promise<{ readonly reason: string; readonly dx: readonly number[] }> => {
  const f = programOrThrow(real(3), (x) => sum()(mul(x, x)))
  const compiled = await wasm().compile(gradOrThrow(f))()
  if (E.isLeft(compiled)) throw new Error(showBackendError(compiled.left))
  const { run, reason, release } = compiled.right
  const result = await run(Float32Array.from(xs))()
  release()
  if (E.isLeft(result)) throw new Error(showBackendError(result.left))
  return { reason, dx: [...(result.right as Float32Array)] }
}
/** Whether the page may evaluate text: what the policy of a strict page refuses. */
const evaluates = async (): Promise<boolean> => {
  await new Promise((resolve) => setTimeout(resolve))
  try {
    return new Function('return true')()
  } catch {
    return false
  }
}

export const api = { gradient, evaluates }
Object.assign(globalThis, { api })
