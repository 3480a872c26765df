/** WebGL contexts that are taken away while programs hold them. */
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../../backends/index.ts'
import { add, programOrThrow, real } from '../../../src/index.ts'
import { backendNamed } from '../../backends/named.ts'

interface Context {
  readonly isContextLost: () => boolean
  readonly getExtension: (name: 'WEBGL_lose_context') => { readonly loseContext: () => void } | null
}
interface Canvas {
  readonly prototype: { getContext: (...args: readonly unknown[]) => unknown }
}
const contexts = new Set<Context>()
const { HTMLCanvasElement, OffscreenCanvas } = globalThis as unknown as Record<
  'HTMLCanvasElement' | 'OffscreenCanvas',
  Canvas
>
for (const { prototype } of [HTMLCanvasElement, OffscreenCanvas]) {
  const { getContext } = prototype
  prototype.getContext = function (...args) {
    const context = getContext.apply(this, [...args])
    if (context !== null && 'isContextLost' in (context as object)) contexts.add(context as Context)
    return context
  }
}
/** How many contexts are alive. */
const liveContexts = (): number => [...contexts].filter((c) => !c.isContextLost()).length
const loseAll = (): void => {
  for (const c of contexts) if (!c.isContextLost()) c.getExtension('WEBGL_lose_context')?.loseContext()
}

const twice = programOrThrow(real(3), (x) => add(x, x))
const compiled = async (name: string) => {
  const found = await backendNamed(name).compile(twice)()
  if (E.isLeft(found)) throw new Error(showBackendError(found.left))
  const { run, release } = found.right
  const answer = async (): Promise<readonly number[] | string> => {
    const result = await run(Float32Array.of(1, 2, 3))()
    return E.isLeft(result) ? result.left._tag : [...(result.right as Float32Array)]
  }
  return { answer, release }
}
type Answer = readonly number[] | string
/** What a program answers before its context is lost, after, and compiled again. */
const losing = async (name: string): Promise<readonly Answer[]> => {
  const first = await compiled(name)
  const before = await first.answer()
  loseAll()
  const after = await first.answer()
  const second = await compiled(name)
  const again = await second.answer()
  first.release()
  const still = await second.answer()
  second.release()
  return [before, after, again, still]
}
/** Compiled, run and released so many times. */
const opening = async (name: string, times: number): Promise<number> => {
  for (let k = 0; k < times; k++) {
    const { answer, release } = await compiled(name)
    await answer()
    release()
  }
  return liveContexts()
}
export const lost = { losing, opening }
